// The command line of backup and restore.
#include "cli/command_line_parts.h"

namespace daikan::cli {

void add_backup_commands(CLI::App& app, Command& chosen) {
  auto made = std::make_shared<BackupOptions>();
  auto* take = add_verb(&app, "backup", "Write everything the server is into one file, sealed under a passphrase, while it runs",
                        "  daikan --server hq backup hq.backup\n  daikan --server hq backup hq.backup --passphrase-file passphrase");
  take->add_option("FILE", made->file, "The file to write; it is replaced once the new one is whole and was read back")->required();
  take->add_option("--passphrase-file", made->passphrase_file, "The passphrase is the first line of this file; - is standard input")
      ->type_name("FILE");
  choose(take, chosen, made, backup);

  auto back = std::make_shared<RestoreOptions>();
  auto* put =
      add_verb(&app, "restore", "Make a data folder of a backup (on the server itself, while no daikand uses the folder)",
               "  daikan restore hq.backup --data /var/lib/daikan\n"
               "  daikan restore hq.backup --data ./hq --database postgresql://daikan@db.example.com/hq --passphrase-file passphrase");
  put->add_option("FILE", back->file, "The backup")->required();
  put->add_option("--data", back->data, "The data folder, empty or missing")->required()->type_name("DIR");
  put->add_option("--database", back->database, "An empty database, as in daikand's configuration; SQLite in DIR unless given")
      ->type_name("URL");
  put->add_option("--passphrase-file", back->passphrase_file, "The passphrase is the first line of this file; - is standard input")
      ->type_name("FILE");
  choose(put, chosen, back, restore);
}

}  // namespace daikan::cli
