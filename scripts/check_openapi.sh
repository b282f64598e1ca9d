#!/usr/bin/env bash
# scripts/check_openapi.sh: holds docs/openapi.yaml and the SDK to each other. Prism, a validating proxy that knows only
# the description, stands before the sandbox, and refuses each request and reply that it does not allow; the examples,
# tests/openapi/every_request.cpp and the program chatopen send theirs through it.
. "$(dirname "$0")/environment.sh"

tools=$PWD/build/openapi
description=$PWD/docs/openapi.yaml
program=build/dev/tools/chatopen/chatopen
examples=(chat conversation custom_endpoint error_handling generate_image generate_images local_picture multimodal
  record_replay streaming structured_output tools upload)

say "Installing the tools of tests/openapi/package.json"
mkdir -p "$tools"
cp tests/openapi/package.json tests/openapi/package-lock.json "$tools"
quietly "$tools/npm.log" npm ci --prefix "$tools" --ignore-scripts --no-audit --no-fund

say "The description itself"
(cd "$tools" && node "$OLDPWD/tests/openapi/check_description.mjs" "$description")

say "Building what sends requests"
build=build/dev
configure "$build" --preset dev
build "$build" chatopen-sandbox chatopen_program every_request "${examples[@]/#/example_}"

# Ends what this script started, however it ends.
started=()
trap '[ ${#started[@]} -eq 0 ] || kill "${started[@]}" 2>/dev/null || true' EXIT

# wait_for <file> <pattern> <process>: until a line of the file has it, which is printed.
wait_for() {
  local line
  for _ in $(seq 600); do
    if line=$(grep -m 1 -- "$2" "$1"); then
      printf '%s\n' "$line"
      return
    fi
    if ! kill -0 "$3" 2>/dev/null; then break; fi
    sleep 0.1
  done
  cat "$1" >&2
  return 1
}

"$build/src/sandbox/chatopen-sandbox" >"$tools/sandbox.log" 2>&1 &
started+=($!)
wait_for "$tools/sandbox.log" ACCESS_KEY_SECRET= "$!" >/dev/null
# shellcheck source=/dev/null
. "$tools/sandbox.log"

(cd "$tools" && exec node node_modules/@stoplight/prism-cli/dist/index.js proxy "$description" "$CHATOPEN_BASE_URL" \
  --errors --port 0) >"$tools/prism.log" 2>&1 &
started+=($!)
listening=$(wait_for "$tools/prism.log" 'Prism is listening on' "$!")
export CHATOPEN_BASE_URL=${listening##* }

say "Wrong requests and replies are refused"
node tests/openapi/wrong_requests.mjs "$CHATOPEN_BASE_URL" "$CHATOPEN_ACCESS_KEY_ID" "$CHATOPEN_ACCESS_KEY_SECRET"
: >"$tools/prism.log"

say "Right requests, and the sandbox's replies, pass"
"$build/tests/openapi/every_request"
files=$tools/files
rm -rf "$files"
mkdir "$files"
for each in "${examples[@]}"; do
  case "$each" in
    record_replay) arguments=("$files/cassette.json") ;;
    generate_image) arguments=("a cat" "$files/cat.png") ;;
    *) arguments=() ;;
  esac
  (cd "$files" && quietly "$tools/$each.log" "$OLDPWD/$build/examples/$each" ${arguments[@]+"${arguments[@]}"})
done
ask() { quietly "$tools/program.log" "$program" "$@"; }
ask chat --system "Be brief." --image https://x.example/a.jpg --image "$files/cat.png" "What is it?"
ask chat --endpoint deepseek-chat-streaming "Why?"
ask image --count 2 --aspect-ratio 9:16 --reference "$files/cat.png" --output "$files/image-{n}.png" "a cat"
ask upload "$files/cat.png"
echo '{"id":1,"prompt":"Why?","temperature":0.5}' >"$files/in.jsonl"
ask batch "$files/in.jsonl"
if grep -iE 'violation|did not pass' "$tools/prism.log" >&2; then exit 1; fi
say "$(grep -c 'Request received' "$tools/prism.log") requests and replies are as docs/openapi.yaml says"
