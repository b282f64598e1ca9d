#include "base/status.hpp"

#include <gtest/gtest.h>

namespace chatopen::base {
namespace {

TEST(KindOfStatus, SinglesOutTheStatusesThatCallersActOn) {
  EXPECT_EQ(kind_of_status(401), ErrorKind::authentication);
  EXPECT_EQ(kind_of_status(403), ErrorKind::permission_denied);
  EXPECT_EQ(kind_of_status(404), ErrorKind::not_found);
  EXPECT_EQ(kind_of_status(429), ErrorKind::rate_limited);
}

TEST(KindOfStatus, GroupsTheOthersByTheirHundred) {
  for (const int status : {400, 402, 405, 408, 413, 422, 499}) {
    EXPECT_EQ(kind_of_status(status), ErrorKind::invalid_request) << status;
  }
  for (const int status : {500, 502, 503, 504, 599}) EXPECT_EQ(kind_of_status(status), ErrorKind::server_error);
  for (const int status : {300, 302, 307, 399}) EXPECT_EQ(kind_of_status(status), ErrorKind::redirect_refused);
}

TEST(KindOfStatus, LeavesWhatIsNoErrorStatusToTheService) {
  for (const int status : {-1, 0, 100, 200, 299, 600, 1001})
    EXPECT_EQ(kind_of_status(status), ErrorKind::api) << status;
}

TEST(ReasonPhrase, IsTheStandardsOrEmpty) {
  EXPECT_EQ(reason_phrase(502), "Bad Gateway");
  EXPECT_EQ(reason_phrase(429), "Too Many Requests");
  EXPECT_EQ(reason_phrase(418), "");
}

}  // namespace
}  // namespace chatopen::base
