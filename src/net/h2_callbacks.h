// The inside of an H2Session: what it keeps per stream, and what nghttp2 calls. Included by the two files that implement it.
#pragma once

#include <nghttp2/nghttp2.h>

#include "net/h2_session.h"

namespace daikan::net {

struct H2Session::Stream {
  std::unique_ptr<H2Head> head;  // while it arrives
  bool head_done = false;
  bool in_ended = false;
  bool discarded = false;
  bool self_reset = false;
  bool out_ended = false;
  bool bulk = false;
  bool bulk_queued = false;
  bool last_given = false;  // no piece follows those queued
  std::string current;      // being sent, from `sent`
  std::size_t sent = 0;
  std::uint64_t sent_in_all = 0;
  std::string next;

  std::size_t unsent() const { return current.size() - sent; }
  bool sendable() const { return unsent() > 0 || last_given; }
};

/// Each only records: the session acts after nghttp2 has returned.
struct H2Session::Callbacks {
  static H2Session& self(void* user);
  static int begin_headers(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* user);
  static int header(nghttp2_session* /*session*/, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                    const std::uint8_t* value, std::size_t value_size, std::uint8_t /*flags*/, void* user);
  static int frame_received(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* user);
  static int data_chunk(nghttp2_session* session, std::uint8_t /*flags*/, std::int32_t id, const std::uint8_t* bytes, std::size_t size,
                        void* user);
  static int stream_closed(nghttp2_session* /*session*/, std::int32_t id, std::uint32_t code, void* user);
  static int frame_sent(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* user);
  static int frame_not_sent(nghttp2_session* /*session*/, const nghttp2_frame* frame, int /*error*/, void* user);
  static int complaint(nghttp2_session* /*session*/, int /*code*/, const char* text, std::size_t size, void* user);
  static ssize_t read_body(nghttp2_session* /*session*/, std::int32_t id, std::uint8_t* /*buffer*/, std::size_t length,
                           std::uint32_t* flags, nghttp2_data_source* /*source*/, void* user);
  static int send_body(nghttp2_session* /*session*/, nghttp2_frame* frame, const std::uint8_t* frame_head, std::size_t length,
                       nghttp2_data_source* /*source*/, void* user);
  static nghttp2_session_callbacks* make_callbacks();
  static nghttp2_option* make_options();
};

}  // namespace daikan::net
