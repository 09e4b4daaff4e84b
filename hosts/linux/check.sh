#!/bin/sh
# Says in one line what is missing to build this host, and what installs it.
missing=""
command -v "${CC:-cc}" >/dev/null 2>&1 || missing="$missing gcc"
command -v make >/dev/null 2>&1 || missing="$missing make"
if [ -z "$missing" ]; then
	echo '#include <openssl/ec.h>' | "${CC:-cc}" -E - >/dev/null 2>&1 || missing="$missing libssl-dev"
	echo '#include <stdio.h>' | "${CC:-cc}" -E - >/dev/null 2>&1 || missing="$missing libc6-dev"
elif ! [ -e /usr/include/openssl/ec.h ]; then
	missing="$missing libssl-dev"
fi
[ -z "$missing" ] && exit 0
echo "To build the Linux host, install:$missing (Debian, Ubuntu: apt-get install$missing)" >&2
exit 1
