#pragma once

#include "client_fixture.hpp"

#include <string>

namespace chatopen {

inline std::string image_envelope(const std::string& url = "https://cdn.example/a.png") {
  return R"({"code":"200","msg":"ok","data":{"imageList":[{"url":")" + url + R"(","width":2,"height":1}]}})";
}

/// A client over a mock that orders pictures.
class ImagesOverMock : public ClientOverMock {
 protected:
  [[nodiscard]] static ImageRequest cat() { return {.endpoint = endpoints::gpt_image_1(), .prompt = "a cat"}; }
};

}  // namespace chatopen
