/*
 * What the other side of the USB cable can make the board do. Three of pico-sdk's functions let it restart the board or
 * start the boot loader, which hands out the flash with the keys in it and takes another firmware: when DTR and RTS fall,
 * at 1200 baud, and by picotool's requests. mcconfig needs that before it flashes a debug image. In use a terminal that is closed
 * must not have a lock restart, and who owns the computer that powers a lock must not own the lock: a release image is
 * flashed with the button BOOTSEL. The linker puts these functions in place of pico-sdk's.
 */

#include "tusb.h"
#include "device/usbd_pvt.h"

void __real_tud_cdc_line_state_cb(uint8_t line, bool dtr, bool rts);
void __wrap_tud_cdc_line_state_cb(uint8_t line, bool dtr, bool rts);
void __real_tud_cdc_line_coding_cb(uint8_t line, const cdc_line_coding_t* coding);
void __wrap_tud_cdc_line_coding_cb(uint8_t line, const cdc_line_coding_t* coding);
usbd_class_driver_t const* __real_usbd_app_driver_get_cb(uint8_t* count);
usbd_class_driver_t const* __wrap_usbd_app_driver_get_cb(uint8_t* count);

#ifdef mxDebug

void __wrap_tud_cdc_line_state_cb(uint8_t line, bool dtr, bool rts)
{
	__real_tud_cdc_line_state_cb(line, dtr, rts);
}

void __wrap_tud_cdc_line_coding_cb(uint8_t line, const cdc_line_coding_t* coding)
{
	__real_tud_cdc_line_coding_cb(line, coding);
}

usbd_class_driver_t const* __wrap_usbd_app_driver_get_cb(uint8_t* count)
{
	return __real_usbd_app_driver_get_cb(count);
}

#else

void __wrap_tud_cdc_line_state_cb(uint8_t line, bool dtr, bool rts)
{
	(void)line, (void)dtr, (void)rts;
}

void __wrap_tud_cdc_line_coding_cb(uint8_t line, const cdc_line_coding_t* coding)
{
	(void)line, (void)coding;
}

static void begin(void)
{
}

static void reset(uint8_t port)
{
	(void)port;
}

/* pico-sdk's descriptors name picotool's interface; with one that nobody takes the whole device is not configured. */
static uint16_t take(uint8_t port, tusb_desc_interface_t const* interface, uint16_t size)
{
	(void)port;
	if (interface->bInterfaceClass != TUSB_CLASS_VENDOR_SPECIFIC || size < sizeof *interface) return 0;
	return sizeof *interface;
}

/* Refused, whatever it is: the host sees a stall. */
static bool refuse(uint8_t port, uint8_t stage, tusb_control_request_t const* request)
{
	(void)port, (void)stage, (void)request;
	return false;
}

static bool transferred(uint8_t port, uint8_t endpoint, xfer_result_t result, uint32_t size)
{
	(void)port, (void)endpoint, (void)result, (void)size;
	return true;
}

usbd_class_driver_t const* __wrap_usbd_app_driver_get_cb(uint8_t* count)
{
	static const usbd_class_driver_t driver = {
		.init = begin,
		.reset = reset,
		.open = take,
		.control_xfer_cb = refuse,
		.xfer_cb = transferred
	};
	*count = 1;
	return &driver;
}

#endif
