#!/bin/sh
# Runs tests/gpio in an emulated machine (qemu-system-x86_64), for where the kernel has no simulated lines:
#
#     sh tests/gpio/machine.sh KERNEL
#
# KERNEL is the bzImage of a Linux for x86-64 that has GPIO_SIM, GPIO_CDEV, CONFIGFS_FS, DEVTMPFS, INET, BLK_DEV_INITRD
# and SERIAL_8250_CONSOLE built in. Needs busybox (static) and cpio; the project must be built (npm run build).
set -e
kernel=${1:?say which kernel: sh tests/gpio/machine.sh KERNEL}
project=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
machine=$folder/machine
mkdir -p "$machine/bin" "$machine/dev" "$machine/proc" "$machine/sys" "$machine/tmp" "$machine/project/build/linux"
cp "$(command -v busybox)" "$machine/bin/busybox"
for tool in sh mount cat poweroff ip; do ln -s busybox "$machine/bin/$tool"; done

# A program with the libraries that it needs, where it looks for them.
bring() {
	mkdir -p "$machine$(dirname "$2")"
	cp -L "$1" "$machine$2"
	for library in $(ldd "$1" | grep -o '/[^ ]*'); do
		mkdir -p "$machine$(dirname "$library")"
		cp -L "$library" "$machine$library"
	done
}
bring "$(command -v node)" /bin/node
bring "$project/build/linux/release/verifichain" /project/build/linux/release/verifichain
cp -R "$project/build/js" "$machine/project/build/js"
mkdir -p "$machine/project/tests" "$machine/project/hosts"
cp -R "$project/tests/gpio" "$machine/project/tests/gpio"
cp -R "$project/hosts/house" "$machine/project/hosts/house"
echo '{ "type": "module" }' > "$machine/project/package.json"
cat > "$machine/init" <<'END'
#!/bin/sh
export PATH=/bin HOME=/tmp
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mount -t configfs none /sys/kernel/config
ip link set lo up
cd /project
node --test --test-reporter=tap tests/gpio/gpio.test.mjs
echo "the tests ended with code $?"
poweroff -f
END
chmod +x "$machine/init"
(cd "$machine" && find . | cpio --quiet -o -H newc) | gzip -1 > "$folder/initramfs.gz"
# Without the host's own virtualization, which is not everywhere; it is fast enough.
qemu-system-x86_64 -M pc,accel=tcg -cpu max -m 1024 -nographic -no-reboot -nic none \
	-kernel "$kernel" -initrd "$folder/initramfs.gz" -append "console=ttyS0 quiet panic=-1" < /dev/null | tee "$folder/output"
grep -q "the tests ended with code 0" "$folder/output"
