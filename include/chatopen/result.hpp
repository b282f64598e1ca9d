#pragma once

/// @file
/// `Result<T>`: a value, or the `Error` that explains why there is none.

#include <chatopen/error.hpp>
#include <chatopen/export.hpp>

#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

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

 public:
  /// What it holds.
  using value_type = T;

  /// Success.
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(*-explicit-*)
  /// Failure.
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(*-explicit-*)

  /// Whether the call succeeded.
  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  /// The same as `has_value()`.
  explicit operator bool() const noexcept { return has_value(); }

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
    auto* value = std::get_if<0>(&self.state_);
    if (value == nullptr) detail::throw_error(*std::get_if<1>(&self.state_));
    return *value;
  }
  template <typename Self>
  static auto& checked_error(Self& self) noexcept {
    auto* error = std::get_if<1>(&self.state_);
    if (error == nullptr) detail::no_error_to_return();
    return *error;
  }

  std::variant<T, Error> state_;
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
