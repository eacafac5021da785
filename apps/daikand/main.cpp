#include "daemon/daemon.h"

int main(int argc, char** argv) { return daikan::daemon::daikand_main(argc, argv); }
