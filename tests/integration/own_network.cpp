#include "own_network.hpp"

#include "network_namespace.hpp"

#include <gtest/gtest.h>

#include <string>

namespace integration {
namespace {

/// Moves the program into namespaces of its own, the first time, and says what hinders that.
const std::string& namespace_fault() {
  static const std::string fault = enter_network_namespace();
  return fault;
}

/// Before the program has a second thread.
class OwnNetwork final : public ::testing::Environment {
 public:
  void SetUp() override { namespace_fault(); }
};

// Owned by GoogleTest.
const ::testing::Environment* const own_network = ::testing::AddGlobalTestEnvironment(new OwnNetwork);

}  // namespace

void require_own_network() {
  if (namespace_fault().empty()) return;
  skip_without_namespace(
      "no network namespace (" + namespace_fault() +
      "): these tests need CAP_SYS_ADMIN, as root has outside containers, or the permission to make user namespaces");
}

}  // namespace integration
