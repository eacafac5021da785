#include "cli/run.h"

int main(int argc, char** argv) { return daikan::cli::run(argc, argv); }
