#!/usr/bin/env bash
# scripts/check_links.sh: every relative link of the Markdown pages leads to a file that is there, and every #anchor to
# a heading.
. "$(dirname "$0")/environment.sh"

awk -f scripts/headings.awk -f - README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md docs/*.md <<'AWK'
{
  anchor = anchor_of($0)
  if (anchor != "") headings[FILENAME "#" anchor]
  if (in_code) next
  gsub(/`[^`]*`/, "")
  while (match($0, /\]\([^)]*\)/)) {
    target = substr($0, RSTART + 2, RLENGTH - 3)
    $0 = substr($0, RSTART + RLENGTH)
    if (target ~ /^[a-z]+:/) continue
    links[++count] = resolved(target)
    origins[count] = FILENAME ":" FNR ": " target
  }
}

# From the root of the tree.
function resolved(target,    folder) {
  if (target ~ /^#/) return FILENAME target
  folder = FILENAME
  sub(/[^\/]*$/, "", folder)
  target = folder target
  while (sub(/[^\/.]+\/\.\.\//, "", target)) {}
  return target
}

END {
  for (i = 1; i <= count; ++i) {
    path = links[i]
    sub(/#.*/, "", path)
    if (system("test -e '" path "'") != 0) fault = "no such file"
    else if (links[i] ~ /#/ && !(links[i] in headings)) fault = "no such heading"
    else continue
    print origins[i] ": " fault
    ++faults
  }
  if (count == 0) print "there are no links"
  if (count == 0 || faults > 0) exit 1
  print count " links lead somewhere"
}
AWK
