// Orders a picture and saves it: generate_image ["a prompt" [file]]
//
// With CHATOPEN_BASE_URL, CHATOPEN_ACCESS_KEY_ID and CHATOPEN_ACCESS_KEY_SECRET set it asks the real service (which
// takes minutes, and bills the picture), otherwise a sandbox in this process, which draws a checkerboard.

#include <chatopen/chatopen.hpp>
#include <chatopen/sandbox/sandbox.hpp>

#include <iostream>
#include <string>

namespace co = chatopen;

int main(int argc, char** argv) {
  const std::string prompt = argc > 1 ? argv[1] : "a cat on a windowsill, in watercolours";
  const std::string file = argc > 2 ? argv[2] : "generated.png";
  const auto options = co::environment_or_sandbox();
  if (!options) {
    std::cerr << options.error() << '\n';
    return 1;
  }
  const auto client = co::ChatClient::create(*options);
  if (!client) {
    std::cerr << client.error() << '\n';
    return 1;
  }

  const auto made = client->generate_image({
      .endpoint = co::endpoints::gpt_image_1(), .prompt = prompt, .aspect_ratio = "16:9", .output_format = "png",
      // .references = {co::image_file("sketch.jpg").value()},
  });
  if (!made) {
    // Nothing is ever ordered twice behind your back; this says whether it may have been billed.
    std::cerr << made.error() << (made.error().maybe_processed ? " (it may have been billed)\n" : "\n");
    return 1;
  }
  const co::GeneratedImage& image = made->images[0];
  std::cout << "Made " << image.width << " x " << image.height << " pixels\n";

  // Fetched without the credentials, looked at by its first bytes, and named only when it is whole.
  const auto saved = client->save(image, file);
  if (!saved) {
    std::cerr << saved.error() << '\n';
    return 1;
  }
  std::cout << "Saved " << saved->path << ": " << saved->media_type << ", " << saved->bytes << " bytes\n";
}
