/**
 *     node tests/oracle/compare.mjs [COUNT] [SEED] [real]
 *
 * Takes COUNT random histories of 10 to 30 blocks out of random homes of the oracle, gives each in bytes and in a random order to a real chain, and sees that both come to
 * the same. Signatures cost nothing unless `real` is given. Needs `npx tsc` before. Exit code 1 when something differs.
 */
import { register } from "node:module";

const [count = "2000", seed = "1", mode] = process.argv.slice(2);
register(mode === "real" ? "../node/resolver.mjs" : "./quick-resolver.mjs", import.meta.url);
const { compareRandom } = await import("../../build/js/tests/oracle/random.js");

const start = Date.now();
const { sums, found } = compareRandom({ count: Number(count), seed: Number(seed), until: () => false });
for (const { history, text } of found.slice(0, 5)) console.log(history, text);
console.log(JSON.stringify(sums), `${found.length} differ, ${Date.now() - start} ms`);
process.exitCode = found.length > 0 ? 1 : 0;
