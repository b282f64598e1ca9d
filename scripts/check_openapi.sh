#!/usr/bin/env bash
# scripts/check_openapi.sh: holds docs/openapi.yaml and the SDK to each other. Prism, a validating proxy that knows only
# the description, stands before the sandbox, and refuses each request and reply that it does not allow; the examples,
# tests/openapi/every_request.cpp and the program chatopen send theirs through it.
. "$(dirname "$0")/environment.sh"

tools=$PWD/build/openapi
description=$PWD/docs/openapi.yaml
# As clang's step of .ci/run and scripts/tidy.sh have it.
build=build/shared
program=$build/tools/chatopen/chatopen
# All but test_your_app, which sends nothing.
examples=()
for each in examples/*.cpp; do
  each=$(basename "$each" .cpp)
  [ "$each" = test_your_app ] || examples+=("$each")
done

say "Installing the tools of tests/openapi/package.json"
mkdir -p "$tools"
cp tests/openapi/package.json tests/openapi/package-lock.json "$tools"
quietly "$tools/npm.log" npm ci --prefix "$tools" --ignore-scripts --no-audit --no-fund

say "The description itself"
(cd "$tools" && node "$OLDPWD/tests/openapi/check_description.mjs" "$description")

say "Building what sends requests"
configure "$build" --preset shared -DCMAKE_CXX_COMPILER=clang++
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

: >"$tools/prism.log"
(cd "$tools" && exec node node_modules/@stoplight/prism-cli/dist/index.js proxy "$description" "$CHATOPEN_BASE_URL" \
  --errors --port 0) >>"$tools/prism.log" 2>&1 &
started+=($!)
listening=$(wait_for "$tools/prism.log" 'Prism is listening on' "$!")
export CHATOPEN_BASE_URL=${listening##* }

say "Wrong requests and replies are refused"
node tests/openapi/wrong_requests.mjs "$CHATOPEN_BASE_URL" "$CHATOPEN_ACCESS_KEY_ID" "$CHATOPEN_ACCESS_KEY_SECRET"
: >"$tools/prism.log"

say "Right requests, and the sandbox's replies, pass"
seen() { grep -c 'Request received' "$tools/prism.log" || true; }

# send <number of requests> <log> <command>...: so many at least must go through the proxy.
send() {
  local least=$1 before sent
  shift
  before=$(seen)
  quietly "$@"
  sent=$(($(seen) - before))
  if [ "$sent" -lt "$least" ]; then
    shift
    echo "$sent requests went through the proxy rather than $least: $*" >&2
    return 1
  fi
}

send 80 "$tools/every_request.log" "$build/tests/openapi/every_request"
files=$tools/files
rm -rf "$files"
mkdir "$files"
for each in "${examples[@]}"; do
  case "$each" in
    concurrent) arguments=(20) ;;
    record_replay) arguments=("$files/cassette.json") ;;
    generate_image) arguments=("a cat" "$files/cat.png") ;;
    *) arguments=() ;;
  esac
  (cd "$files" && send 1 "$tools/$each.log" "$OLDPWD/$build/examples/$each" ${arguments[@]+"${arguments[@]}"})
done

# ask <number of requests> <argument of the program>...
ask() {
  local least=$1
  shift
  send "$least" "$tools/program.log" "$program" "$@"
}
saas=/AIGCChatOpenServ/saas
endpoints=$("$program" endpoints --json | node -e '
  for (const each of JSON.parse(require("fs").readFileSync(0))) {
    if (["messages", "prompt"].includes(each.form)) console.log(each.name, each.model || "a-model");
  }')
asked=0
while read -r name model; do
  ask 1 chat --endpoint "$name" --model "$model" "Why?"
  ask 1 chat --endpoint "$name" --model "$model" --no-stream --system "Be brief." "Why?"
  asked=$((asked + 1))
done <<<"$endpoints"
if [ "$asked" -lt 11 ]; then
  echo "only $asked endpoints take chats" >&2
  exit 1
fi
ask 1 chat --system "Be brief." --image https://x.example/a.jpg --image "$files/cat.png" "What is it?"
ask 1 chat --temperature 0.5 --top-p 1 --max-tokens 100 --seed 7 --stop . --extra '{"knowledgeBase":"handbook"}' "Why?"
ask 1 chat --path "$saas/{model}/text" --form prompt --model moonshot-128k --no-stream "Why?"
ask 1 chat --path "$saas/{model}/stream" --form prompt --model moonshot-128k "Why?"
ask 1 chat --path "$saas/{model}/text/v3" --model moonshot-128k "Why?"
ask 2 image --count 2 --aspect-ratio 9:16 --reference "$files/cat.png" --output "$files/image-{n}.png" "a cat"
ask 1 image --path "$saas/{model}/image/generation" --model gemini-3.1-flash-image-preview --resolution 1K \
  --output-format png --search --reference https://x.example/a.jpg --output "$files/gemini.png" "a cat"
ask 2 upload "$files/cat.png" "$files/gemini.png"
ask 1 upload --name "a \"cat\".gif" --media-type image/gif "$files/cat.png"
cat >"$files/in.jsonl" <<'JSON'
{"id":1,"prompt":"Why?","temperature":0.5}
{"id":2,"prompt":"What is it?","images":["https://x.example/a.jpg"],"system":"Be brief.","stop":["."],"seed":7}
{"id":3,"messages":[{"role":"user","content":[{"type":"text","text":"Why?"}]}],"extra":{"nested":[1,null]}}
{"id":4,"prompt":"Why?","endpoint":"deepseek-chat-streaming"}
{"id":5,"prompt":"Why?","path":"/AIGCChatOpenServ/saas/moonshot-128k/text","form":"prompt"}
JSON
ask 5 batch "$files/in.jsonl"

if grep -iE 'violation|did not pass' "$tools/prism.log" >&2; then exit 1; fi
say "$(seen) requests and replies are as docs/openapi.yaml says"
