/*
 * Lines of the kernel, by version 2 of its character devices (linux/gpio.h). Which chip: --set gpiochip=PATH; without
 * it a Raspberry Pi's own, where there is one; --set gpiochip=virtual for none.
 */

#include "gpio.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	chipTotal = 32,
	/*
	 * Microseconds that a level must last. The kernel counts in ticks of its clock (4 ms on a Raspberry Pi) of which the
	 * first may be nearly over: with less than two of them, disturbances on the wire get through.
	 */
	debouncePeriod = 5000
};

static const char consumer[] = "verifichain";

static bool decided;
static int chip = -1; /* -1: lines are virtual */
static char chipPath[64];
static struct gpiochip_info chipInfo;

/* How the drivers of the pins on a Raspberry Pi's connector call them: up to 3, 4, 5. */
static bool isPi(const struct gpiochip_info* info)
{
	static const char* const labels[] = { "pinctrl-bcm2835", "pinctrl-bcm2711", "pinctrl-rp1" };
	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++)
		if (!strcmp(info->label, labels[i])) return true;
	return false;
}

/* The chip at `path`; -1 with errno. */
static int openChip(const char* path, struct gpiochip_info* info)
{
	int descriptor = open(path, O_RDWR | O_CLOEXEC);
	if (descriptor < 0) return -1;
	if (!ioctl(descriptor, GPIO_GET_CHIPINFO_IOCTL, info)) return descriptor;
	int error = errno;
	close(descriptor);
	errno = error;
	return -1;
}

static void findPi(void)
{
	for (int i = 0; i < chipTotal && chip < 0; i++) {
		snprintf(chipPath, sizeof(chipPath), "/dev/gpiochip%d", i);
		int descriptor = openChip(chipPath, &chipInfo);
		if (descriptor < 0) continue;
		if (isPi(&chipInfo)) chip = descriptor;
		else close(descriptor);
	}
}

bool gpioInUse(xsMachine* the)
{
	if (decided) return chip >= 0;
	const char* path = hostSetting("gpiochip");
	if (!path) findPi();
	else if (strcmp(path, "virtual")) {
		snprintf(chipPath, sizeof(chipPath), "%s", path);
		chip = openChip(chipPath, &chipInfo);
		if (chip < 0) xsUnknownError("Digital: gpiochip %s: %s", path, strerror(errno));
	}
	decided = true;
	if (chip >= 0) {
		char text[160];
		snprintf(text, sizeof(text), "lines of %s (%.31s)", chipPath, chipInfo.label);
		hostPlain(text);
		terminalPrint(text);
		terminalPrint("\n");
	}
	return chip >= 0;
}

bool gpioIsOpen(void)
{
	return chip >= 0;
}

void xs_digital_get_virtual(xsMachine* the)
{
	xsmcSetBoolean(xsResult, !gpioIsOpen());
}

/* What the kernel says of a line; throws. */
static void readInfo(xsMachine* the, int number, struct gpio_v2_line_info* info)
{
	memset(info, 0, sizeof(*info));
	info->offset = (uint32_t)number;
	if (ioctl(chip, GPIO_V2_GET_LINEINFO_IOCTL, info))
		xsUnknownError("Digital: line %d of %s: %s", number, chipPath, strerror(errno));
}

static int numberOf(xsMachine* the, const char* name)
{
	struct gpio_v2_line_info info;
	for (int number = 0; number < (int)chipInfo.lines; number++) {
		readInfo(the, number, &info);
		if (!strncmp(info.name, name, sizeof(info.name))) return number;
	}
	xsRangeError("Digital: %s has no line \"%.40s\"", chipPath, name);
}

static uint64_t flagsOf(int mode, int edges)
{
	uint64_t flags = mode >= modeOutput ? GPIO_V2_LINE_FLAG_OUTPUT : GPIO_V2_LINE_FLAG_INPUT;
	if (mode == modeInputPullUp) flags |= GPIO_V2_LINE_FLAG_BIAS_PULL_UP;
	if (mode == modeInputPullDown) flags |= GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN;
	if (mode == modeOutputOpenDrain) flags |= GPIO_V2_LINE_FLAG_OPEN_DRAIN;
	if (edges & edgeRising) flags |= GPIO_V2_LINE_FLAG_EDGE_RISING;
	if (edges & edgeFalling) flags |= GPIO_V2_LINE_FLAG_EDGE_FALLING;
	return flags;
}

int gpioOpen(xsMachine* the, const char* name, int number, int mode, int edges, bool value)
{
	struct gpio_v2_line_request request = { .num_lines = 1 };
	struct gpio_v2_line_config_attribute* attribute = request.config.attrs;
	if (name) number = numberOf(the, name);
	else if (number >= (int)chipInfo.lines) xsRangeError("Digital: bad pin: %s has %d lines", chipPath, (int)chipInfo.lines);
	if (mode == modeInputPullUpDown) xsRangeError("Digital: bad mode");
	request.offsets[0] = (uint32_t)number;
	request.config.flags = flagsOf(mode, edges);
	memcpy(request.consumer, consumer, sizeof(consumer));
	if (mode >= modeOutput || edges) {
		request.config.num_attrs = 1;
		attribute->mask = 1;
		attribute->attr.id = edges ? GPIO_V2_LINE_ATTR_ID_DEBOUNCE : GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES;
		if (edges) attribute->attr.debounce_period_us = debouncePeriod;
		else attribute->attr.values = value;
	}
	if (ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &request)) {
		int error = errno;
		struct gpio_v2_line_info info;
		readInfo(the, number, &info);
		if (error == EBUSY) xsUnknownError("Digital: line %d is in use by \"%.31s\"", number, info.consumer);
		xsUnknownError("Digital: line %d of %s: %s", number, chipPath, strerror(error));
	}
	/* So that reading the edges away ends when there are none left. */
	fcntl(request.fd, F_SETFL, fcntl(request.fd, F_GETFL) | O_NONBLOCK);
	fcntl(request.fd, F_SETFD, FD_CLOEXEC);
	return request.fd;
}

bool gpioRead(xsMachine* the, int descriptor)
{
	struct gpio_v2_line_values values = { .mask = 1 };
	if (ioctl(descriptor, GPIO_V2_LINE_GET_VALUES_IOCTL, &values)) xsUnknownError("Digital: %s", strerror(errno));
	return values.bits & 1;
}

void gpioWrite(xsMachine* the, int descriptor, bool value)
{
	struct gpio_v2_line_values values = { .mask = 1, .bits = value };
	if (ioctl(descriptor, GPIO_V2_LINE_SET_VALUES_IOCTL, &values)) xsUnknownError("Digital: %s", strerror(errno));
}

bool gpioDrain(int descriptor)
{
	struct gpio_v2_line_event events[16];
	bool any = false;
	while (read(descriptor, events, sizeof(events)) > 0) any = true;
	return any;
}
