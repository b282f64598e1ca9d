#include "network_namespace.hpp"

#include "file_descriptor.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace integration {
namespace {

std::string failed(const std::string& what) {
  return what + ": " + std::strerror(errno);
}

// Inside a user namespace of its own, the user is root over the others.
bool unshare_as_user(int namespaces) {
  const std::string user = std::to_string(::geteuid());
  const std::string group = std::to_string(::getegid());
  if (::unshare(CLONE_NEWUSER | namespaces) != 0) return false;
  std::ofstream("/proc/self/setgroups") << "deny";
  std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
  std::ofstream("/proc/self/gid_map") << "0 " << group << " 1";
  return true;
}

bool replace_file(const char* path, const char* text) {
  std::string replacement = (std::filesystem::temp_directory_path() / "chatopen-XXXXXX").string();
  const FileDescriptor file(::mkstemp(replacement.data()));
  const auto length = static_cast<ssize_t>(std::strlen(text));
  const bool replaced = ::write(file.get(), text, std::strlen(text)) == length && ::fchmod(file.get(), 0644) == 0 &&
                        ::mount(replacement.c_str(), path, nullptr, MS_BIND, nullptr) == 0;
  ::unlink(replacement.c_str());
  return replaced;
}

}  // namespace

bool set_loopback(bool up) {
  const FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request = {};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = up ? IFF_UP : 0;
  return ::ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0;
}

std::string enter_network_namespace() {
  constexpr int namespaces = CLONE_NEWNET | CLONE_NEWNS;
  if (::unshare(namespaces) != 0 && !unshare_as_user(namespaces)) return failed("unshare");
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return failed("private mounts");
  if (!set_loopback(true)) return failed("loopback device");
  if (!replace_file("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:2 attempts:1\n")) {
    return failed("/etc/resolv.conf");
  }
  if (!replace_file("/etc/nsswitch.conf", "hosts: files dns\n")) return failed("/etc/nsswitch.conf");
  return {};
}

bool mount_little_disk(const std::string& directory) {
  if (::unshare(CLONE_NEWNS) != 0 && !unshare_as_user(CLONE_NEWNS)) return false;
  return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("chatopen", directory.c_str(), "tmpfs", 0, "size=256k") == 0;
}

void skip_without_namespace(const std::string& reason) {
  if (std::getenv("CHATOPEN_REQUIRE_NETNS") != nullptr) FAIL() << reason;
  GTEST_SKIP() << reason;
}

}  // namespace integration
