// The command line of devices.
#include "cli/command_line_parts.h"
#include "cli/commands_device.h"

namespace daikan::cli {

void add_device_commands(CLI::App& app, Command& chosen) {
  auto* device = add_noun(app, "device", "Devices of the server, as an inventory or a monitoring system tells them");
  auto imported = std::make_shared<DeviceFile>();
  auto* import = add_verb(device, "import", "Tell what devices there are and how they are: CSV with a head line, or JSON lines",
                          "  daikan device import devices.csv\n"
                          "  inventory --as-json-lines | daikan device import -\n"
                          "Columns or members: name, status (ok, warning, critical, unknown), and if wanted group and reason.");
  import->add_option("FILE", imported->file, "The file; - is standard input")->required();
  choose(import, chosen, imported, device_import);

  auto listed = std::make_shared<DeviceListOptions>();
  auto* list = add_verb(device, "list", "Devices by name",
                        "  daikan device list --status critical\n  daikan device list --group \"Managed devices/Shops\" --begins till-");
  list->add_option("--group", listed->group, "Only those of this group and its subgroups")->type_name("PATH");
  list->add_option("--status", listed->status, "Only those of this status")
      ->check(CLI::IsMember({"ok", "warning", "critical", "unknown"}).description(""))
      ->type_name("STATUS");
  list->add_option("--begins", listed->begins, "Only those whose name begins so")->type_name("TEXT");
  list->add_option("--limit", listed->limit, "At most so many; 1000 unless given")->check(CLI::Range(1, 1'000'000))->type_name("N");
  choose(list, chosen, listed, device_list);

  auto counted = std::make_shared<DeviceGroup>();
  auto* counts = add_verb(device, "counts", "How many devices there are of each status",
                          "  daikan device counts\n  daikan device counts --group \"Managed devices/Shops\"\n"
                          "Of all servers below, too: daikan report devices.");
  counts->add_option("--group", counted->group, "Only those of this group and its subgroups")->type_name("PATH");
  choose(counts, chosen, counted, device_counts);

  auto removed = std::make_shared<DeviceName>();
  auto* remove = add_verb(device, "remove", "Remove a device that is gone", "  daikan device remove till-0417");
  remove->add_option("NAME", removed->name, "Its name or id")->required();
  choose(remove, chosen, removed, device_remove);
}

}  // namespace daikan::cli
