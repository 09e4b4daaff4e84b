import assert from "node:assert/strict";
import test from "node:test";
import { Flash, PowerCut, pageSize, sectorSize } from "./flash.mjs";

const page = Uint8Array.from({ length: pageSize }, (_, i) => i);

function flashWithSector(byte) {
	const flash = new Flash({ size: 4 * sectorSize });
	flash.bytes.fill(byte, sectorSize, 2 * sectorSize);
	return flash;
}

test("an erase sets every bit of one sector and touches no other", () => {
	const flash = flashWithSector(0x12);
	flash.bytes[0] = 1;
	flash.erase(sectorSize);
	assert.ok(flash.bytes.subarray(sectorSize, 2 * sectorSize).every(byte => byte === 0xff));
	assert.equal(flash.bytes[0], 1);
});

test("a program clears bits and never sets one", () => {
	const flash = flashWithSector(0xf0);
	flash.program(sectorSize, page);
	const wanted = page.map(byte => byte & 0xf0);
	assert.deepEqual(flash.bytes.slice(sectorSize, sectorSize + pageSize), wanted);
	assert.equal(flash.bytes[sectorSize + pageSize], 0xf0);
});

test("a cut before an operation leaves all as it was, one after it leaves it whole", () => {
	for (const [phase, wanted] of [
		["before", 0xff],
		["after", 0x00]
	]) {
		const flash = new Flash({ size: 4 * sectorSize });
		flash.program(0, page);
		flash.cutAt(1, phase);
		flash.program(pageSize, page);
		assert.throws(() => flash.program(2 * pageSize, new Uint8Array(pageSize)), PowerCut);
		assert.equal(flash.bytes[2 * pageSize], wanted, phase);
	}
});

test("a program that is torn has only bits of the old page cleared, some of those that were to be", () => {
	const flash = flashWithSector(0xff);
	flash.cutAt(0, "middle");
	assert.throws(() => flash.program(sectorSize, new Uint8Array(pageSize)), PowerCut);
	const torn = flash.bytes.slice(sectorSize, sectorSize + pageSize);
	assert.ok(torn.some(byte => byte === 0xff) && torn.some(byte => byte !== 0xff), "torn in part");
	const other = flashWithSector(0xff);
	other.cutAt(0, "middle");
	assert.throws(() => other.program(sectorSize, page), PowerCut);
	const written = other.bytes.slice(sectorSize, sectorSize + pageSize);
	assert.ok(
		written.every((byte, i) => (byte & page[i]) === page[i]),
		"no bit cleared that was to stay"
	);
});

test("an erase that is torn sets some bits and clears none", () => {
	const flash = flashWithSector(0x55);
	flash.cutAt(0, "middle");
	assert.throws(() => flash.erase(sectorSize), PowerCut);
	const torn = flash.bytes.slice(sectorSize, 2 * sectorSize);
	assert.ok(torn.every(byte => (byte & 0x55) === 0x55));
	assert.ok(torn.some(byte => byte === 0x55) && torn.some(byte => byte !== 0x55));
});

test("a copy goes its own way", () => {
	const flash = flashWithSector(0x55);
	const copy = flash.copy();
	copy.erase(sectorSize);
	assert.equal(flash.bytes[sectorSize], 0x55);
});
