# Rooms: every folder of src/ is one static library that links exactly to the rooms src/layers.txt allows it, and to the third-party
# libraries that live there. New files are found by themselves.

# One precompiled header for everything that touches Asio; it holds third-party headers only, so it hides no include between rooms.
file(WRITE ${CMAKE_BINARY_DIR}/pch.cpp "")
add_library(daikan_pch OBJECT ${CMAKE_BINARY_DIR}/pch.cpp)
target_precompile_headers(daikan_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.h)

add_library(daikan_options INTERFACE)
target_compile_definitions(daikan_options INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_HAS_STD_INVOKE_RESULT
  SPDLOG_FMT_EXTERNAL SPDLOG_COMPILED_LIB DAIKAN_VERSION="${PROJECT_VERSION}")
target_include_directories(daikan_options INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_BINARY_DIR}/generated)
target_link_libraries(daikan_options INTERFACE Threads::Threads fmt::fmt)
target_link_libraries(daikan_pch PRIVATE daikan_options)

set(third_party_base PkgConfig::sodium)
set(third_party_net OpenSSL::SSL OpenSSL::Crypto PkgConfig::nghttp2)
set(third_party_link protobuf::libprotobuf-lite)
set(third_party_store PkgConfig::sqlite3 PkgConfig::libpq)
set(third_party_joining Boost::json Boost::url)
set(third_party_server PkgConfig::sodium spdlog::spdlog)
set(third_party_api Boost::json Boost::url PkgConfig::prometheus)
set(third_party_cli Boost::json Boost::url)
set(asio_rooms net joining server api cli daemon)

# spec/link.proto -> generated/link.pb.{h,cc}, part of the room link.
if(EXISTS ${CMAKE_SOURCE_DIR}/spec/link.proto)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated)
  add_custom_command(
    OUTPUT ${CMAKE_BINARY_DIR}/generated/link.pb.cc ${CMAKE_BINARY_DIR}/generated/link.pb.h
    COMMAND protobuf::protoc --cpp_out=lite:${CMAKE_BINARY_DIR}/generated -I ${CMAKE_SOURCE_DIR}/spec link.proto
    DEPENDS ${CMAKE_SOURCE_DIR}/spec/link.proto)
  set_source_files_properties(${CMAKE_BINARY_DIR}/generated/link.pb.cc PROPERTIES COMPILE_OPTIONS "-w")
endif()

# spec/openapi.yaml -> generated/api/openapi_text.h: the server serves the specification it was built with. In parts, as a compiler need not
# take literals beyond 64 KiB.
if(EXISTS ${CMAKE_SOURCE_DIR}/spec/openapi.yaml)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/spec/openapi.yaml)
  file(READ ${CMAKE_SOURCE_DIR}/spec/openapi.yaml openapi_text)
  string(LENGTH "${openapi_text}" openapi_length)
  set(openapi_parts "")
  foreach(openapi_begin RANGE 0 ${openapi_length} 16000)
    string(SUBSTRING "${openapi_text}" ${openapi_begin} 16000 openapi_part)
    string(APPEND openapi_parts "    R\"yaml(${openapi_part})yaml\",\n")
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/api/openapi_text.h CONTENT
"// Made from spec/openapi.yaml.
#pragma once
#include <string_view>
namespace daikan::api {
inline constexpr std::string_view kSpecificationParts[] = {
@openapi_parts@};
}  // namespace daikan::api
" @ONLY)
endif()

file(STRINGS ${CMAKE_SOURCE_DIR}/src/layers.txt layer_lines REGEX "^[a-z]+:")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/layers.txt)
foreach(line IN LISTS layer_lines)
  string(REGEX MATCH "^([a-z]+):[ ]*(.*)$" _ "${line}")
  set(room ${CMAKE_MATCH_1})
  string(REGEX MATCHALL "[a-z]+" room_deps "${CMAKE_MATCH_2}")
  file(GLOB_RECURSE room_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${room}/*.cpp)
  if(room STREQUAL "link" AND EXISTS ${CMAKE_SOURCE_DIR}/spec/link.proto)
    list(APPEND room_sources ${CMAKE_BINARY_DIR}/generated/link.pb.cc)
  endif()
  if(NOT room_sources)
    continue()
  endif()
  add_library(daikan_${room} STATIC ${room_sources})
  target_link_libraries(daikan_${room} PUBLIC daikan_options ${third_party_${room}})
  foreach(dep IN LISTS room_deps)
    if(TARGET daikan_${dep})
      target_link_libraries(daikan_${room} PUBLIC daikan_${dep})
    endif()
  endforeach()
  if(room IN_LIST asio_rooms)
    target_precompile_headers(daikan_${room} REUSE_FROM daikan_pch)
  endif()
endforeach()

foreach(app daikand daikan)
  file(GLOB app_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/apps/${app}/*.cpp)
  if(app_sources)
    add_executable(${app} ${app_sources})
    target_precompile_headers(${app} REUSE_FROM daikan_pch)
    if(app STREQUAL "daikand")
      target_link_libraries(${app} PRIVATE daikan_daemon)
    else()
      target_link_libraries(${app} PRIVATE daikan_cli)
    endif()
  endif()
endforeach()
