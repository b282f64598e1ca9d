// Sends a picture from this machine: the file that the argument names, or a tiny one from memory.
//
// With CHATOPEN_BASE_URL, CHATOPEN_ACCESS_KEY_ID and CHATOPEN_ACCESS_KEY_SECRET set it asks the real service, otherwise
// a sandbox in this process, which answers what it received.

#include <chatopen/chatopen.hpp>
#include <chatopen/sandbox/sandbox.hpp>

#include <iostream>
#include <string>

namespace co = chatopen;

// One transparent pixel, as a program may have drawn it.
std::string tiny_png() {
  static constexpr unsigned char bytes[] = {
      0x89, 'P',  'N',  'G',  '\r', '\n', 0x1a, '\n', 0,    0,    0,   13,  'I',  'H',  'D',  'R',  0,
      0,    0,    1,    0,    0,    0,    1,    8,    6,    0,    0,   0,   0x1f, 0x15, 0xc4, 0x89, 0,
      0,    0,    10,   'I',  'D',  'A',  'T',  0x78, 0x9c, 0x63, 0,   1,   0,    0,    5,    0,    1,
      0x0d, 0x0a, 0x2d, 0xb4, 0,    0,    0,    0,    'I',  'E',  'N', 'D', 0xae, 0x42, 0x60, 0x82};
  return std::string(reinterpret_cast<const char*>(bytes), sizeof(bytes));
}

int main(int argc, char** argv) {
  // Format and size are checked here. A file is read while the request is encoded, bytes are shared: no other copy.
  const co::Result<co::ImagePart> picture = argc > 1 ? co::image_file(argv[1]) : co::image_bytes(tiny_png());
  if (!picture) {
    std::cerr << picture.error() << '\n';
    return 1;
  }
  std::cout << "Sending " << picture->media_type() << ", " << picture->size() << " bytes\n";

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
  const auto reply = client->chat({
      .endpoint = co::endpoints::gpt_4o_multimodal(),
      .messages = {co::Message::user({co::text("What do you see?"), *picture})},
  });
  if (!reply) {
    std::cerr << reply.error() << '\n';
    return 1;
  }
  std::cout << reply->text() << '\n';
}
