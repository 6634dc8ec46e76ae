#!/bin/sh
# Installs Linli from this folder, without any network. Again with a newer folder: an upgrade; the older release stays.
#   ./install.sh [--prefix /opt/linli]        PYTHON=/usr/bin/python3.11 ./install.sh
set -eu
prefix=/opt/linli
while [ $# -gt 0 ]; do
  case "$1" in
    --prefix) prefix=$2; shift 2 ;;
    *) echo "usage: $0 [--prefix FOLDER]" >&2; exit 2 ;;
  esac
done
here=$(cd "$(dirname "$0")" && pwd)
cd "$here"

echo "1/4 checking the files"
sha256sum --check --quiet --strict SHA256SUMS || { echo "The bundle is damaged: copy it again." >&2; exit 1; }
listed=$(wc -l < SHA256SUMS)
present=$(find . ! -type d ! -name SHA256SUMS | wc -l)
[ "$listed" -eq "$present" ] || { echo "The folder holds files that are not of the bundle." >&2; exit 1; }
# It is run as a script: not before it is known to be the bundle's.
. ./VERSION

arch=$(uname -m)
[ -d "wheels/$arch" ] || { echo "No wheels for $arch in this bundle (it has: $(ls wheels | grep -v whl | tr '\n' ' '))." >&2; exit 1; }
python_=${PYTHON:-python$python}
command -v "$python_" > /dev/null || { echo "Python $python is needed; name it: PYTHON=… $0" >&2; exit 1; }
found=$("$python_" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
[ "$found" = "$python" ] || { echo "This bundle is for Python $python; $python_ is $found." >&2; exit 1; }

release=$prefix/releases/$version
[ ! -e "$release" ] || { echo "$release is there already. Remove it to install it again." >&2; exit 1; }
echo "2/4 installing into $release"
mkdir -p "$prefix/releases"
staging=$(mktemp -d "$prefix/releases/.$version.XXXXXX")
trap 'rm -rf "$staging"' EXIT
# The environment has to be made where it will stay: its scripts name their interpreter by path.
mkdir "$release"
trap 'rm -rf "$staging" "$release"' EXIT
"$python_" -m venv "$release/venv"
"$release/venv/bin/pip" install --quiet --disable-pip-version-check --no-index --find-links "wheels/$arch" \
  --require-hashes -r requirements.txt
"$release/venv/bin/pip" install --quiet --disable-pip-version-check --no-index --no-deps wheels/linli-*.whl

echo "3/4 console, documents, deployment files"
cp -R console deploy docs README.md README.zh-CN.md LICENSE NOTICE CHANGELOG.md "$release/"
mkdir "$release/bin"
cat > "$release/bin/linli" <<EOF
#!/bin/sh
export LINLI_WEB_DIST="\${LINLI_WEB_DIST:-$prefix/current/console}"
exec "$prefix/current/venv/bin/linli" "\$@"
EOF
chmod 755 "$release/bin/linli" "$release"
trap 'rm -rf "$staging"' EXIT

echo "4/4 making it the current release"
ln -s "releases/$version" "$staging/current"
mv -T "$staging/current" "$prefix/current"
echo "Linli $version is installed. Next:"
echo "  $prefix/current/bin/linli --help"
echo "  $prefix/current/deploy/systemd/linli.service   and   $prefix/current/docs/operate.md"
