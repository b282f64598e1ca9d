#pragma once

/// @file
/// `Result<T>`: a value, or the `Error` that explains why there is none.

#include <chatopen/error.hpp>
#include <chatopen/export.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace chatopen {

/// A value or an `Error`. Nothing that the network, the server or a file does throws; it arrives here.
///
/// @code
/// chatopen::Result<chatopen::ChatReply> reply = client.chat(request);
/// if (!reply) { std::cerr << reply.error() << '\n'; return 1; }
/// std::cout << reply->text();
/// @endcode
///
/// Access is checked: `value()`, `*` and `->` throw `Exception` when there is no value (and end the program where
/// exceptions are off). What would dangle does not compile: on a temporary, `value()` and `*` return by value.
/// As thread-safe as the value it holds.
template <typename T>
class [[nodiscard]] Result {
  static_assert(!std::is_reference_v<T> && !std::is_same_v<std::remove_cv_t<T>, Error>);
  static_assert(std::is_nothrow_move_constructible_v<T>);

 public:
  /// What it holds.
  using value_type = T;

  /// Success.
  Result(T value) : has_value_(true), value_(std::move(value)) {}  // NOLINT(*-explicit-*)
  /// Failure.
  Result(Error error) : has_value_(false) { detail::move_error(&error_, error); }  // NOLINT(*-explicit-*)

  // Doxygen cannot read a trailing requires-clause.
  /// @cond
  Result(const Result& other) requires std::is_copy_constructible_v<T> : has_value_(other.has_value_) {
    if (has_value_) {
      std::construct_at(&value_, other.value_);
    } else {
      detail::copy_error(&error_, other.error_);
    }
  }
  Result(Result&& other) noexcept : has_value_(other.has_value_) {
    if (has_value_) {
      std::construct_at(&value_, std::move(other.value_));
    } else {
      detail::move_error(&error_, other.error_);
    }
  }
  Result& operator=(const Result& other) requires std::is_copy_constructible_v<T> {
    Result copy(other);
    *this = std::move(copy);
    return *this;
  }
  Result& operator=(Result&& other) noexcept {
    if (this != &other) {
      std::destroy_at(this);
      std::construct_at(this, std::move(other));
    }
    return *this;
  }
  ~Result() {
    if (has_value_) {
      value_.~T();
    } else {
      detail::destroy_error(error_);
    }
  }
  /// @endcond

  /// Whether the call succeeded.
  [[nodiscard]] bool has_value() const noexcept { return has_value_; }
  /// The same as `has_value()`.
  explicit operator bool() const noexcept { return has_value_; }

  /// The value; throws `Exception` when there is none.
  [[nodiscard]] T& value() & { return checked(*this); }
  /// The same.
  [[nodiscard]] const T& value() const& { return checked(*this); }
  [[nodiscard]] T value() && { return std::move(checked(*this)); }
  T value() const&& = delete;

  /// The same as `value()`.
  [[nodiscard]] T& operator*() & { return checked(*this); }
  /// The same as `value()`.
  [[nodiscard]] const T& operator*() const& { return checked(*this); }
  [[nodiscard]] T operator*() && { return std::move(checked(*this)); }
  T operator*() const&& = delete;

  /// A member of the value; throws `Exception` when there is none.
  [[nodiscard]] T* operator->() & { return &checked(*this); }
  /// The same.
  [[nodiscard]] const T* operator->() const& { return &checked(*this); }
  /// On a temporary, write `std::move(result).value().member()`, or `call(…).value().member()`.
  T* operator->() && = delete;
  const T* operator->() const&& = delete;

  /// The error. Must not be called when there is a value: that ends the program.
  [[nodiscard]] const Error& error() const& noexcept { return checked_error(*this); }
  [[nodiscard]] Error error() && noexcept { return std::move(checked_error(*this)); }
  Error error() const&& = delete;

 private:
  template <typename Self>
  static auto& checked(Self& self) {
    if (!self.has_value_) detail::throw_error(self.error_);
    return self.value_;
  }
  template <typename Self>
  static auto& checked_error(Self& self) noexcept {
    if (self.has_value_) detail::no_error_to_return();
    return self.error_;
  }

  bool has_value_;
  // Not a variant, whose machinery every use of a result would carry, and every includer compile.
  union {
    T value_;      // NOLINT(readability-identifier-naming): private, though the union is not
    Error error_;  // NOLINT(readability-identifier-naming)
  };
};

/// Success without a value, or an `Error`.
template <>
class [[nodiscard]] Result<void> {
 public:
  /// It holds nothing.
  using value_type = void;

  /// Success.
  Result() noexcept = default;
  /// Failure.
  CHATOPEN_EXPORT Result(Error error);  // NOLINT(*-explicit-*)

  /// Whether the call succeeded.
  [[nodiscard]] bool has_value() const noexcept { return error_ == nullptr; }
  /// The same as `has_value()`.
  explicit operator bool() const noexcept { return has_value(); }
  /// Throws `Exception` when the call failed.
  CHATOPEN_EXPORT void value() const;
  /// The error. Must not be called when the call succeeded: that ends the program.
  [[nodiscard]] CHATOPEN_EXPORT const Error& error() const& noexcept;
  [[nodiscard]] CHATOPEN_EXPORT Error error() && noexcept;
  Error error() const&& = delete;

 private:
  // Shared rather than optional: success stays one pointer wide, and copies of an error never change.
  std::shared_ptr<const Error> error_;
};

}  // namespace chatopen
