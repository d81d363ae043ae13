# A stand-in for Zephyr's CMake package: the commands that the exported module and samples use. It builds `app`
# and every module as static libraries; the caller links them. Options come from prj.conf alone.
file(STRINGS "${CMAKE_SOURCE_DIR}/prj.conf" lines REGEX "^CONFIG_[A-Z0-9_]+=")
foreach(line IN LISTS lines)
    string(REGEX MATCH "^(CONFIG_[A-Z0-9_]+)=(.*)$" _ "${line}")
    set(${CMAKE_MATCH_1} "${CMAKE_MATCH_2}")
endforeach()

enable_language(C)
add_compile_options(-std=c11 -Os -Wall -Wextra -Werror)
add_library(zephyr_interface INTERFACE)
target_include_directories(zephyr_interface INTERFACE "${CMAKE_CURRENT_LIST_DIR}/include")
target_compile_definitions(zephyr_interface INTERFACE CONFIG_BOARD="stand-in")
add_library(app STATIC)
target_link_libraries(app PUBLIC zephyr_interface)

macro(zephyr_include_directories)
    target_include_directories(zephyr_interface INTERFACE ${ARGN})
endmacro()

macro(zephyr_library_named name)
    set(ZEPHYR_CURRENT_LIBRARY ${name})
    add_library(${name} STATIC)
    target_link_libraries(${name} PUBLIC zephyr_interface)
endmacro()

macro(zephyr_library_include_directories)
    target_include_directories(${ZEPHYR_CURRENT_LIBRARY} PRIVATE ${ARGN})
endmacro()

macro(zephyr_library_sources)
    target_sources(${ZEPHYR_CURRENT_LIBRARY} PRIVATE ${ARGN})
endmacro()

macro(zephyr_library_sources_ifdef feature)
    if(${feature})
        zephyr_library_sources(${ARGN})
    endif()
endmacro()

macro(zephyr_library_compile_options)
    target_compile_options(${ZEPHYR_CURRENT_LIBRARY} PRIVATE ${ARGN})
endmacro()

foreach(module IN LISTS ZEPHYR_EXTRA_MODULES)
    add_subdirectory("${module}/zephyr" module)
endforeach()
