// `daikan` from arguments to exit code.
#pragma once

namespace daikan::cli {

/// Parses, runs one command on its own I/O loop, prints the error. Never throws.
int run(int argc, char** argv);

}  // namespace daikan::cli
