/** Every unit test of the project; a room's tests stand in the folder of its name. */

import type { Suite } from "./harness/suite.js";
import application from "./unit/application/application.js";
import board from "./unit/board/board.js";
import bytes from "./unit/bytes/bytes.js";
import cbor from "./unit/cbor/cbor.js";
import chain from "./unit/chain/chain.js";
import clock from "./unit/clock/clock.js";
import coap from "./unit/coap/coap.js";
import console from "./unit/console/console.js";
import crypto from "./unit/crypto/crypto.js";
import devices from "./unit/devices/devices.js";
import edhoc from "./unit/edhoc/edhoc.js";
import faults from "./unit/faults/faults.js";
import host from "./unit/host/host.js";
import names from "./unit/names/names.js";
import node from "./unit/node/node.js";
import oscore from "./unit/oscore/oscore.js";
import panel from "./unit/panel/panel.js";
import secure from "./unit/secure/secure.js";
import spake2plus from "./unit/spake2plus/spake2plus.js";
import store from "./unit/store/store.js";
import terminal from "./unit/terminal/terminal.js";
import vigenere from "./unit/vigenere/vigenere.js";

export const suites: readonly Suite[] = [
	...application,
	...board,
	...bytes,
	...cbor,
	...chain,
	...clock,
	...coap,
	...console,
	...crypto,
	...devices,
	...edhoc,
	...faults,
	...host,
	...names,
	...node,
	...oscore,
	...panel,
	...secure,
	...spake2plus,
	...store,
	...terminal,
	...vigenere
];
