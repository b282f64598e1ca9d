#include "testing/request_match.hpp"

#include "testing/json_scan.hpp"

#include <algorithm>
#include <utility>

namespace chatopen::testing {
namespace {

// Whether the text is the recorded one, whose marks stand for any text.
bool matches(std::string_view recorded, std::string_view text) {
  std::size_t mark = recorded.find(redacted);
  if (mark == std::string_view::npos) return recorded == text;
  if (!text.starts_with(recorded.substr(0, mark))) return false;
  text.remove_prefix(mark);
  recorded.remove_prefix(mark + redacted.size());
  while ((mark = recorded.find(redacted)) != std::string_view::npos) {
    const std::size_t found = text.find(recorded.substr(0, mark));
    if (found == std::string_view::npos) return false;
    text.remove_prefix(found + mark);
    recorded.remove_prefix(mark + redacted.size());
  }
  return text.ends_with(recorded);
}

// So much of a text from where two begin to differ, at the boundaries of characters, that a line can show both.
std::string excerpt(std::string_view text, std::size_t difference) {
  constexpr std::size_t before = 20;
  constexpr std::size_t longest = 60;
  const auto goes_on = [&](std::size_t at) { return at < text.size() && (text[at] & 0xC0) == 0x80; };
  std::size_t begin = difference > before && text.size() > longest ? difference - before : 0;
  while (goes_on(begin)) ++begin;
  std::size_t end = std::min(text.size(), begin + longest);
  while (goes_on(end)) ++end;
  std::string shown(text.substr(begin, end - begin));
  if (begin > 0) shown.insert(0, "…");
  if (end < text.size()) shown += "…";
  return shown;
}

std::string shown(const Json& value, std::size_t difference = 0) {
  return value.is_string() ? to_line(excerpt(value.get_ref<const std::string&>(), difference))
                           : excerpt(to_line(value), 0);
}

class Comparison {
 public:
  explicit Comparison(const CassetteRedactor* redactor) noexcept : redactor_(redactor) {}

  void method(std::string_view recorded, std::string_view sent) {
    if (!testing::matches(recorded, sent)) found_.push_back({"method", std::string(recorded), std::string(sent)});
  }

  void path(std::string_view recorded, std::string_view sent) {
    if (testing::matches(recorded, sent)) return;
    found_.push_back({"path", std::string(recorded), redactor_ != nullptr ? redactor_->url(sent) : std::string(sent)});
  }

  void value(const std::string& where, const Json& recorded, const Json& sent) {
    if (recorded.is_string() && is_same_text(recorded.get_ref<const std::string&>(), sent)) return;
    if (recorded.is_object() && sent.is_object()) return members(where, recorded, sent);
    if (recorded.is_array() && sent.is_array()) return elements(where, recorded, sent);
    if (recorded != sent) differ(where, recorded, sent);
  }

  void differ(const std::string& where, const Json& recorded, const Json& sent_as_it_is) {
    const Json sent = without_secrets(sent_as_it_is);
    std::size_t difference = 0;
    if (recorded.is_string() && sent.is_string()) {
      const auto& a = recorded.get_ref<const std::string&>();
      const auto& b = sent.get_ref<const std::string&>();
      difference = static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
    }
    found_.push_back({where.empty() ? "body" : where,
                      recorded.is_null() && where.empty() ? "" : shown(recorded, difference),
                      sent.is_null() && where.empty() ? "" : shown(sent, difference)});
  }

  [[nodiscard]] std::vector<RequestDifference> found() && { return std::move(found_); }

 private:
  static bool is_same_text(const std::string& recorded, const Json& sent) {
    if (recorded == redacted) return true;
    return sent.is_string() && testing::matches(recorded, sent.get_ref<const std::string&>());
  }

  // Before an excerpt could cut one in two.
  Json without_secrets(Json sent) const {
    if (redactor_ != nullptr) redactor_->hide_in(sent);
    return sent;
  }

  void members(const std::string& where, const Json& recorded, const Json& sent) {
    for (const auto& [name, value_recorded] : recorded.items()) {
      const std::string at = where + to_pointer({name});
      const auto found = sent.find(name);
      if (found == sent.end()) {
        found_.push_back({at, shown(value_recorded), ""});
      } else {
        value(at, value_recorded, *found);
      }
    }
    for (const auto& [name, value_sent] : sent.items()) {
      if (!recorded.contains(name))
        found_.push_back({where + to_pointer({name}), "", shown(without_secrets(value_sent))});
    }
  }

  void elements(const std::string& where, const Json& recorded, const Json& sent) {
    for (std::size_t i = 0; i < std::max(recorded.size(), sent.size()); ++i) {
      const std::string at = where + '/' + std::to_string(i);
      if (i >= sent.size()) {
        found_.push_back({at, shown(recorded[i]), ""});
      } else if (i >= recorded.size()) {
        found_.push_back({at, "", shown(without_secrets(sent[i]))});
      } else {
        value(at, recorded[i], sent[i]);
      }
    }
  }

  const CassetteRedactor* redactor_;
  std::vector<RequestDifference> found_;
};

std::string_view without_query(std::string_view path) {
  return path.substr(0, path.find('?'));
}

// A body of another form differs as a whole.
void compare_bodies(const Json& recorded, const Json& sent, Comparison& comparison) {
  if (recorded.is_object() && sent.is_object() && recorded.begin().key() == sent.begin().key()) {
    comparison.value("", recorded.front(), sent.front());
  } else if (recorded != sent) {
    comparison.differ("", recorded, sent);
  }
}

}  // namespace

std::vector<RequestDifference> differences(const CassetteRecord& record, const SentRequest& sent, bool path_only,
                                           const CassetteRedactor* redactor) {
  Comparison comparison(redactor);
  const std::string_view recorded_path = path_and_query(record.url);
  const std::string_view sent_path = path_and_query(sent.request.url);
  if (path_only) {
    comparison.path(without_query(recorded_path), without_query(sent_path));
    return std::move(comparison).found();
  }
  comparison.method(record.method, sent.request.method);
  comparison.path(recorded_path, sent_path);
  compare_bodies(record.request_body, sent.body, comparison);
  return std::move(comparison).found();
}

std::string_view path_and_query(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::size_t path = url.find_first_of("/?", host);
  url = path == std::string_view::npos ? std::string_view() : url.substr(path);
  return url.substr(0, url.find('#'));
}

std::string describe(const std::vector<RequestDifference>& differences) {
  constexpr std::size_t most = 4;
  std::string line;
  for (std::size_t i = 0; i < std::min(differences.size(), most); ++i) {
    const RequestDifference& each = differences[i];
    if (i > 0) line += "; ";
    line += each.where + ": ";
    line += each.recorded.empty() ? "not recorded" : "recorded " + each.recorded;
    line += each.sent.empty() ? ", not sent" : ", sent " + each.sent;
  }
  if (differences.size() > most) line += "; and " + std::to_string(differences.size() - most) + " more";
  return line;
}

}  // namespace chatopen::testing
