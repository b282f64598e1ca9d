// Orders several pictures, four at a time, and saves each as soon as it is there: generate_images [count]
//
// With CHATOPEN_BASE_URL, CHATOPEN_ACCESS_KEY_ID and CHATOPEN_ACCESS_KEY_SECRET set it asks the real service (which
// bills every picture), otherwise a sandbox in this process.

#include <chatopen/chatopen.hpp>
#include <chatopen/sandbox/sandbox.hpp>

#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace co = chatopen;

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 20;
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

  std::vector<co::ImageRequest> requests;
  for (int i = 1; i <= count; ++i) {
    requests.push_back({.endpoint = co::endpoints::gpt_image_1(),
                        .prompt = "villager " + std::to_string(i) + ", a portrait",
                        .aspect_ratio = "3:4",
                        .output_format = "png"});
  }
  // Runs on this thread, after each request that has ended. Saving goes on while the next pictures are made.
  std::vector<co::Pending<co::SavedFile>> saving;
  const auto on_progress = [&](const co::ImageProgress& progress) {
    std::cout << progress.finished << " of " << progress.total << '\n';
    if (!progress.result) return;
    const std::string file = "villager-" + std::to_string(progress.index + 1) + ".png";
    saving.push_back(client->save_async(progress.result->images[0], file));
  };
  const auto results = client->generate_images(requests, on_progress, {.max_concurrent = 4});

  int failed = 0, files = 0;
  unsigned long long bytes = 0;
  for (const auto& result : results) {
    if (result) continue;
    std::cerr << result.error() << '\n';
    ++failed;
  }
  for (auto& pending : saving) {
    const auto saved = std::move(pending).get();
    if (saved) {
      ++files;
      bytes += saved->bytes;
    } else {
      std::cerr << saved.error() << '\n';
      ++failed;
    }
  }
  std::cout << "Saved " << files << " pictures, " << bytes << " bytes\n";
  return failed == 0 ? 0 : 1;
}
