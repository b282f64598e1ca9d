#pragma once

#include "allocation_count.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <thread>

namespace chatopen {

/// What came of work during which an allocation may have failed.
enum class Outcome : std::uint8_t { right, failed, wrong };

template <typename Work>
Outcome outcome_of(Work& work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return Outcome::failed;
  }
}

/// Lets each allocation of the work fail in turn. The work, which must not use GoogleTest and returns an `Outcome`,
/// then either fails or is right all the same; what it leaves behind, such as a thread's parser, must serve the next.
/// Each time it runs on a thread of its own, so that caches are empty, and that what they hold at last is freed.
template <typename Work>
void expect_survives_allocation_failures(Work work) {
  // What is allocated once per program is no leak.
  Outcome first = Outcome::wrong;
  std::thread([&] { first = outcome_of(work); }).join();
  ASSERT_EQ(first, Outcome::right);
  int failures = 0;
  bool happened = true;
  for (int nth = 1; happened; ++nth) {
    const std::ptrdiff_t before = live_allocations();
    Outcome outcome = Outcome::wrong;
    Outcome next = Outcome::wrong;
    std::thread([&] {
      {
        const AllocationFailure failure(nth);
        outcome = outcome_of(work);
        happened = failure.happened();
      }
      next = outcome_of(work);
    }).join();
    if (outcome == Outcome::failed) ++failures;
    ASSERT_NE(outcome, Outcome::wrong) << "when allocation " << nth << " fails";
    ASSERT_EQ(next, Outcome::right) << "after allocation " << nth << " had failed";
    ASSERT_EQ(live_allocations(), before) << "when allocation " << nth << " fails";
    ASSERT_LT(nth, 100'000);
  }
  EXPECT_GT(failures, 0);
}

}  // namespace chatopen
