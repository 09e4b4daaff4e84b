/** What anybody may send to a chain: refused or taken, never anything else. */
import test from "node:test";
import hostile from "../../build/js/tests/oracle/hostile.js";

for (const [name, run] of Object.entries(hostile.tests)) test(`${hostile.name}: ${name}`, run);
