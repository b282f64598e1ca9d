#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace chatopen::testing {

/// Goes through the values that members and elements have in a text that is JSON, begins as JSON, or has JSON in it (an
/// event stream), and tells where they stand, which no parser at hand does. It finds its way through broken JSON, too:
/// what a recording has to hide may stand in a reply that was cut.
class JsonScan {
 public:
  explicit JsonScan(std::string_view text) noexcept : text_(text) {}

  /// Goes to the next value, also one within the last. False at the end of the text.
  bool next();
  /// Leaves out what is within this value.
  void skip();

  /// Where the value begins and ends in the text.
  [[nodiscard]] std::size_t begin() const noexcept { return at_; }
  [[nodiscard]] std::size_t end() const;
  /// Names of members and numbers of elements on the way to the value from the outermost one.
  [[nodiscard]] std::vector<std::string> path() const;
  /// Of the member whose value this is; null for an element.
  [[nodiscard]] const std::string* name() const;

 private:
  struct Level {
    bool is_object = false;
    std::string name = {};
    std::size_t values = 0;
  };
  void enter();
  bool find_in_object();
  void skip_line_end();

  std::string_view text_;
  std::size_t at_ = 0;
  bool is_at_value_ = false;
  std::vector<Level> levels_;
};

/// The levels of nesting in a JSON text.
[[nodiscard]] std::size_t json_depth(std::string_view text) noexcept;

/// A path as a JSON pointer (RFC 6901), and back.
[[nodiscard]] std::string to_pointer(const std::vector<std::string>& path);
[[nodiscard]] std::vector<std::string> path_of_pointer(std::string_view pointer);

}  // namespace chatopen::testing
