# SPDX-License-Identifier: BSD-2-Clause
# find_package(capella): root tasks for the Capella microkernel.
#
#   set(CAPELLA_VARIANT release)           before find_package; default: debug
#   add_executable(mytask main.c)
#   target_link_libraries(mytask PRIVATE capella::root)
#   capella_add_iso(mytask-iso mytask)     target mytask-iso makes mytask.iso
#   capella_add_run(run mytask)            target run boots mytask in QEMU

get_filename_component(CAPELLA_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
if(NOT DEFINED CAPELLA_VARIANT)
    set(CAPELLA_VARIANT debug)
endif()
set(CAPELLA_MKISO "${CAPELLA_PREFIX}/bin/capella-mkiso")
set(CAPELLA_RUN "${CAPELLA_PREFIX}/bin/capella-run")
set(_capella_own "${CAPELLA_PREFIX}/lib/capella/${CAPELLA_VARIANT}")
set(_capella_script "${CAPELLA_PREFIX}/lib/capella/root.ld")

foreach(_part "${_capella_own}/libsel4.a" "${_capella_own}/crt0.o" "${_capella_own}/capella.elf"
        "${_capella_own}/capella32.elf" "${_capella_own}/include/sel4/gen_config.h"
        "${_capella_script}" "${CAPELLA_PREFIX}/include/capella/sel4/sel4.h"
        "${CAPELLA_MKISO}" "${CAPELLA_RUN}")
    if(NOT EXISTS "${_part}")
        set(capella_FOUND FALSE)
        set(capella_NOT_FOUND_MESSAGE
            "The Capella SDK in ${CAPELLA_PREFIX} lacks ${_part}.  CAPELLA_VARIANT is '${CAPELLA_VARIANT}' (debug or release).  To repair the SDK, run `make install PREFIX=${CAPELLA_PREFIX}` in the Capella sources.")
        return()
    endif()
endforeach()

if(NOT TARGET capella::root)
    add_library(capella::root INTERFACE IMPORTED)
    set_target_properties(capella::root PROPERTIES
        INTERFACE_INCLUDE_DIRECTORIES "${CAPELLA_PREFIX}/include/capella;${_capella_own}/include"
        INTERFACE_COMPILE_OPTIONS
            "-m64;-ffreestanding;-fno-pic;-fno-pie;-fno-stack-protector;$<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions;-fno-rtti;-fno-threadsafe-statics>"
        INTERFACE_LINK_LIBRARIES
            "-nostdlib;-static;-no-pie;-Wl,--build-id=none;-Wl,-z,max-page-size=4096;-Wl,-z,noexecstack;-Wl,-z,norelro;-Wl,--no-warn-rwx-segments;-Wl,-T,${_capella_script};${_capella_own}/crt0.o;${_capella_own}/libsel4.a"
        INTERFACE_LINK_DEPENDS "${_capella_script};${_capella_own}/libsel4.a")
endif()

function(capella_add_iso name root)
    add_custom_command(OUTPUT "${root}.iso" DEPENDS ${root} ${ARGN} VERBATIM
        COMMAND "${CAPELLA_MKISO}" --${CAPELLA_VARIANT} -o "${root}.iso" "$<TARGET_FILE:${root}>" ${ARGN})
    add_custom_target(${name} ALL DEPENDS "${root}.iso")
endfunction()

function(capella_add_run name root)
    add_custom_target(${name} DEPENDS ${root} USES_TERMINAL VERBATIM
        COMMAND "${CAPELLA_RUN}" --${CAPELLA_VARIANT} "$<TARGET_FILE:${root}>")
endfunction()
