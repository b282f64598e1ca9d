#include "commands.hpp"
#include "connection.hpp"
#include "endpoint_choice.hpp"
#include "exit_code.hpp"
#include "image_files.hpp"
#include "interruption.hpp"
#include "progress.hpp"
#include "question.hpp"
#include "reply_record.hpp"
#include "request_options.hpp"
#include "shell_terms.hpp"
#include "ticker.hpp"

#include <CLI/CLI.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

namespace chatopen::program {
namespace {

constexpr EndpointDefaults image_endpoint{"gpt-image-1", "gpt-image-1", WireForm::image};

struct Options {
  ConnectionOptions connection = {};
  EndpointChoice endpoint = {};
  std::vector<std::string> words = {};
  ImageRequest request = {};
  bool search = false;
  std::vector<std::string> references = {};
  std::size_t count = 1;
  int concurrency = 4;
  std::string output = {};
  bool overwrite = false;
  bool json = false;
};

Result<ImageRequest> make_request(const Options& options, const Interruption& interruption) {
  ImageRequest request = options.request;
  Result<Endpoint> endpoint = options.endpoint.resolve(image_endpoint);
  if (!endpoint) return std::move(endpoint).error();
  request.endpoint = *std::move(endpoint);
  if (options.search) request.enable_search = true;
  for (const std::string& each : options.references) {
    Result<ImagePart> reference = picture(each);
    if (!reference) return std::move(reference).error();
    request.references.push_back(*std::move(reference));
  }
  Result<std::string> prompt = read_question(options.words, interruption);
  if (!prompt) return std::move(prompt).error();
  request.prompt = *std::move(prompt);
  return request;
}

// Saves the pictures of each reply as soon as it is there, while the others are made: what was paid for is not to wait.
class Order {
 public:
  Order(const Options& options, const ImageFiles& files, const Connection& connection, const Interruption& interruption,
        Console& console)
      : options_(options),
        files_(files),
        connection_(connection),
        interruption_(interruption),
        console_(console),
        unsaved_(options.count),
        ticker_(console.err, Unit::lines, {.total = options.count}) {}
  ~Order() { wait_for_downloads(0); }
  Order(const Order&) = delete;
  Order& operator=(const Order&) = delete;

  int place(const ImageRequest& request) {
    const CallOptions call = connection_.call(interruption_.token());
    const auto saver = [this](const ImageProgress& progress) { take(progress); };
    static_cast<void>(connection_.client().generate_images(std::vector<ImageRequest>(options_.count, request), saver,
                                                           {.max_concurrent = options_.concurrency}, call));
    wait_for_downloads(0);
    ticker_.stop();
    return interruption_.signal() != 0 ? interruption_.exit_code() : code_;
  }

 private:
  void take(const ImageProgress& progress) {
    if (!progress.result) {
      const std::lock_guard lock(mutex_);
      fail(progress.result.error(), "");
      finish();
      return;
    }
    const auto& images = progress.result->images;
    {
      const std::lock_guard lock(mutex_);
      unsaved_[progress.index] = images.size();
    }
    for (std::size_t i = 0; i < images.size(); ++i) {
      save(images[i], files_.name(progress.index + 1, images.size() > 1 ? i + 1 : 0), progress.index);
    }
  }

  // Waits where as many downloads go on as orders may, each of which has a connection and a file open.
  void save(const GeneratedImage& image, const std::string& path, std::size_t index) {
    wait_for_downloads(options_.concurrency - 1);
    {
      const std::lock_guard lock(mutex_);
      ++downloads_;
    }
    const SaveOptions how{.overwrite = options_.overwrite, .cancel = interruption_.token()};
    connection_.client().save_async(image, path, how).then([this, image, path, index](const Result<SavedFile>& saved) {
      const std::lock_guard lock(mutex_);
      --downloads_;
      download_ended_.notify_all();
      tell(image, path, saved);
      if (--unsaved_[index] == 0) finish();
    });
  }

  void wait_for_downloads(int most) {
    std::unique_lock lock(mutex_);
    download_ended_.wait(lock, [this, most] { return downloads_ <= most; });
  }

  void tell(const GeneratedImage& image, const std::string& path, const Result<SavedFile>& saved) {
    if (!saved) {
      // The only way to what was paid for.
      const bool elsewhere = image.url.starts_with("http");
      return fail(saved.error(),
                  elsewhere ? "; the picture was made, and may still be at " + image.url : std::string());
    }
    const auto show = ticker_.pause();
    const bool misnamed = path.ends_with(".png") != (saved->media_type == "image/png");
    if (misnamed) console_.complain(path + " holds " + saved->media_type);
    if (!options_.json) {
      console_.out.print(path + "\n");
      return;
    }
    console_.out.print(dump({{"path", path},
                             {"bytes", saved->bytes},
                             {"media_type", saved->media_type},
                             {"width", image.width},
                             {"height", image.height}}) +
                           "\n",
                       Shape::json);
  }

  void fail(const Error& error, const std::string& besides) {
    ++failed_;
    if (code_ == exit_ok) code_ = exit_code(error);
    if (interruption_.signal() != 0 && besides.empty()) return;
    std::string message = in_shell_terms(to_string(error)) + besides;
    // The requests are the same, and so is what is wrong with them.
    if (error.kind == ErrorKind::invalid_argument && message == said_) return;
    const auto show = ticker_.pause();
    console_.complain(message);
    said_ = std::move(message);
  }

  // An order whose pictures are saved, or failed.
  void finish() {
    ++finished_;
    ticker_.set({.position = finished_, .total = options_.count, .done = finished_, .failed = failed_});
  }

  const Options& options_;
  const ImageFiles& files_;
  const Connection& connection_;
  const Interruption& interruption_;
  Console& console_;
  // Downloads end on the client's thread.
  std::mutex mutex_;
  std::condition_variable download_ended_;
  int downloads_ = 0;
  // Pictures of each order.
  std::vector<std::size_t> unsaved_;
  std::uint64_t finished_ = 0;
  std::uint64_t failed_ = 0;
  int code_ = exit_ok;
  std::string said_ = {};
  Ticker ticker_;
};

int run(const Options& options, Console& console) {
  Interruption interruption;
  // The extension of the format that is ordered.
  const bool jpeg = options.request.output_format == "jpeg" || options.request.output_format == "jpg";
  const std::string output = options.output.empty() ? (jpeg ? "image-{n}.jpg" : "image-{n}.png") : options.output;
  const Result<ImageFiles> files = ImageFiles::from(output, options.count);
  if (!files) return console.complain(files.error());
  // For orders, and for downloads.
  const Result<Connection> connection =
      Connection::make(options.connection, 2 * static_cast<std::size_t>(options.concurrency), console);
  if (!connection) return console.complain(connection.error());
  const Result<ImageRequest> request = make_request(options, interruption);
  if (!request) return interruption.signal() != 0 ? interruption.exit_code() : console.complain(request.error());
  if (const Result<void> writable = files->check(options.overwrite); !writable) {
    return console.complain(writable.error());
  }
  const int code = Order(options, *files, *connection, interruption, console).place(*request);
  if (interruption.signal() != 0) console.complain("interrupted; pictures that were being made may be billed");
  return code;
}

void add_request(CLI::App& command, Options& options) {
  const auto add = [&command](const char* name, std::string& value, const char* description, const char* type) {
    return command.add_option(name, value, description)->type_name(type)->group(observed_members);
  };
  add("--aspect-ratio", options.request.aspect_ratio, "Ask for this width to height, such as 9:16", "RATIO");
  add("--resolution", options.request.resolution, "Ask for this size, such as 1K or 2K", "SIZE");
  add("--output-format", options.request.output_format, "Ask for this format, such as png or jpeg", "FORMAT");
  command
      .add_option("-r,--reference", options.references, "Ask to go by this picture: a URL or a file; may be repeated")
      ->allow_extra_args(false)
      ->type_name("URL|FILE")
      ->group(observed_members);
  command.add_flag("--search", options.search, "Ask that the model may search the web")->group(observed_members);
  add("--extra", options.request.extra, "Put the members of this JSON object into the request as they are", "JSON")
      ->group("Request");
}

}  // namespace

void add_image(CLI::App& program, Command& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App* const command = program.add_subcommand("image", "Order pictures, and save them in files");
  command->add_option("prompt", options->words, "What they show; - in it stands for the standard input, as does none")
      ->type_name("TEXT");
  command
      ->add_option("-o,--output", options->output, "Save as this; {n} is the number (default image-{n}.png, or .jpg)")
      ->type_name("FILE");
  command->add_flag("--overwrite", options->overwrite, "Replace files that are there");
  command->add_option("-n,--count", options->count, "Order so many (default 1)")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1000}))
      ->type_name("COUNT");
  command->add_option("-j,--concurrency", options->concurrency, "Have so many made at a time (default 4)")
      ->check(CLI::Range(1, 1000))
      ->type_name("COUNT");
  command->add_flag("--json", options->json, "Print a JSON object for each picture, rather than its file's name");
  add_request(*command, *options);
  add_endpoint_options(*command, options->endpoint, image_endpoint);
  add_connection_options(*command, options->connection);
  command->callback([options, &chosen] { chosen = [options](Console& console) { return run(*options, console); }; });
}

}  // namespace chatopen::program
