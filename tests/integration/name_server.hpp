#pragma once

#include "file_descriptor.hpp"

#include <atomic>
#include <thread>

namespace integration {

/// A name server on 127.0.0.1:53, which has the same answer for every name.
class NameServer {
 public:
  /// `dual_loopback` has addresses of both families, `loopback` only the older one.
  enum class Answer { silence, no_such_name, failure, loopback, dual_loopback };

  explicit NameServer(Answer answer);
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;
  ~NameServer();

  [[nodiscard]] int queries() const { return queries_; }
  /// Waits for the first query.
  bool wait_for_query() const;

 private:
  void serve(Answer answer);

  FileDescriptor socket_;
  FileDescriptor stop_;
  std::atomic<int> queries_ = 0;
  std::thread thread_;
};

}  // namespace integration
