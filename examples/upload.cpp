// Uploads a picture and asks about it: the file that the argument names, or a tiny one of its own.
//
// With CHATOPEN_BASE_URL, CHATOPEN_ACCESS_KEY_ID and CHATOPEN_ACCESS_KEY_SECRET set it asks the real service, otherwise
// a sandbox in this process, which answers what it received.

#include <chatopen/chatopen.hpp>
#include <chatopen/sandbox/sandbox.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

namespace co = chatopen;

// One transparent pixel, in a file of the user's temporary directory.
std::string tiny_picture() {
  static constexpr unsigned char bytes[] = {
      0x89, 'P',  'N',  'G',  '\r', '\n', 0x1a, '\n', 0,    0,    0,   13,  'I',  'H',  'D',  'R',  0,
      0,    0,    1,    0,    0,    0,    1,    8,    6,    0,    0,   0,   0x1f, 0x15, 0xc4, 0x89, 0,
      0,    0,    10,   'I',  'D',  'A',  'T',  0x78, 0x9c, 0x63, 0,   1,   0,    0,    5,    0,    1,
      0x0d, 0x0a, 0x2d, 0xb4, 0,    0,    0,    0,    'I',  'E',  'N', 'D', 0xae, 0x42, 0x60, 0x82};
  const auto path = std::filesystem::temp_directory_path() / "pixel.png";
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes), sizeof(bytes));
  return path.string();
}

// Uploads the picture, or puts the file itself into the message when the service does not take it; then asks.
void ask_about(const co::ChatClient& client, const std::string& path, const co::CallOptions& options) {
  const co::AttachedImage picture = client.attach_image(path, options).value();
  if (picture.fallback_reason) {
    std::cout << "Sending the file in the message, because: " << *picture.fallback_reason << '\n';
  }
  const co::ChatReply reply = client
                                  .chat({.endpoint = co::endpoints::gpt_4o_multimodal(),
                                         .messages = {co::Message::user({co::text("What do you see?"), picture.part})}})
                                  .value();
  std::cout << reply.text() << '\n';
}

int main(int argc, char** argv) try {
  const co::ChatClient client = co::ChatClient::create(co::environment_or_sandbox().value()).value();
  const std::string path = argc > 1 ? argv[1] : tiny_picture();

  // By itself: any file, in constant memory, with its progress. A callback that returns false would end it.
  const co::UploadedFile file = client
                                    .upload({.path = path},
                                            [](std::uint64_t sent, std::uint64_t total) {
                                              std::cout << 100 * sent / total << " % of " << total << " bytes\n";
                                            })
                                    .value();
  std::cout << "Uploaded to " << file.url << '\n';

  ask_about(client, path, {});
  // The service says no: the sandbox refuses on demand, a real service ignores this header.
  ask_about(client, path, {.headers = {{"X-Sandbox-Reply", "status=413"}}});
} catch (const co::Exception& failed) {
  std::cerr << failed.what() << '\n';
  return 1;
}
