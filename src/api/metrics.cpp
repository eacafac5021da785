#include "api/metrics.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <prometheus/text_serializer.h>
#include <sys/resource.h>
#include <unistd.h>

namespace daikan::api {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

struct Name {
  const char* name;
  const char* help;
};

MetricFamily gauge(Name name, double value) {
  ClientMetric metric;
  metric.gauge.value = value;
  return {name.name, name.help, MetricType::Gauge, {metric}};
}

MetricFamily counter(Name name, double value) {
  ClientMetric metric;
  metric.counter.value = value;
  return {name.name, name.help, MetricType::Counter, {metric}};
}

double number(std::uint64_t value) { return static_cast<double>(value); }

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void add_process(std::vector<MetricFamily>& families) {
  // /proc answers from memory: no disk is waited for.
  std::ifstream statm("/proc/self/statm");
  std::uint64_t virtual_pages = 0;
  std::uint64_t resident_pages = 0;
  if (statm >> virtual_pages >> resident_pages) {
    const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    families.push_back(gauge({"process_virtual_memory_bytes", "Virtual memory of this process"}, number(virtual_pages * page)));
    families.push_back(gauge({"process_resident_memory_bytes", "Resident memory of this process"}, number(resident_pages * page)));
  }
  families.push_back(counter({"process_cpu_seconds_total", "CPU time of this process"}, cpu_seconds()));
}

}  // namespace

void Metrics::count(std::string_view method, std::string_view route, int status, std::chrono::steady_clock::duration took) {
  const double seconds = std::chrono::duration<double>(took).count();
  ++requests_[Key{method, route, status}];
  const auto bucket = std::lower_bound(kBounds.begin(), kBounds.end(), seconds) - kBounds.begin();
  ++durations_[static_cast<std::size_t>(bucket)];
  seconds_ += seconds;
}

std::string Metrics::text(const Sources& sources) const {
  std::vector<MetricFamily> families;
  ClientMetric build;
  build.label = {{"version", std::string(sources.version)}};
  build.gauge.value = 1;
  families.push_back({"daikan_build_info", "The version of this server", MetricType::Gauge, {build}});
  families.push_back(gauge({"daikan_links_connected", "Links that are up"}, number(sources.links.links_up)));
  families.push_back(counter({"daikan_handshakes_refused_total", "TLS handshakes on the link port that were refused"},
                             number(sources.links.handshakes_refused)));
  families.push_back(
      counter({"daikan_hellos_refused_total", "Links refused after the TLS handshake"}, number(sources.links.hellos_refused)));
  families.push_back(
      counter({"daikan_relayed_requests_total", "Console requests passed through a link"}, number(sources.links.relayed_requests)));
  families.push_back(
      counter({"daikan_unrecognised_total", "Connections of servers nobody registered"}, number(sources.links.unrecognised)));
  families.push_back(counter({"daikan_store_commits_total", "Commits of the database"}, number(sources.store.commits)));
  families.push_back(counter({"daikan_store_writes_total", "Units of work written; several share a commit"}, number(sources.store.writes)));
  families.push_back(counter({"daikan_store_reads_total", "Units of work read"}, number(sources.store.reads)));
  families.push_back(gauge({"daikan_event_streams", "Live tails of the event log"}, sources.event_streams));
  families.push_back(gauge({"daikan_certificate_not_after_seconds", "When this server's certificate expires, in seconds since 1970"},
                           sources.certificate_not_after));

  MetricFamily requests{"daikan_http_requests_total", "Answered console requests", MetricType::Counter, {}};
  for (const auto& [key, times] : requests_) {
    ClientMetric metric;
    metric.label = {{"method", std::string(key.method)}, {"route", std::string(key.route)}, {"status", std::to_string(key.status)}};
    metric.counter.value = number(times);
    requests.metric.push_back(std::move(metric));
  }
  families.push_back(std::move(requests));

  ClientMetric durations;
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < kBounds.size(); ++i) {
    cumulative += durations_[i];
    durations.histogram.bucket.push_back({cumulative, kBounds[i]});
  }
  durations.histogram.sample_count = cumulative + durations_.back();
  durations.histogram.bucket.push_back({durations.histogram.sample_count, std::numeric_limits<double>::infinity()});
  durations.histogram.sample_sum = seconds_;
  families.push_back({"daikan_http_request_seconds", "Time until the head of the answer", MetricType::Histogram, {durations}});

  families.push_back(gauge({"process_start_time_seconds", "When this process started, in seconds since 1970"}, sources.started_at));
  add_process(families);
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families);
  return std::move(out).str();
}

}  // namespace daikan::api
