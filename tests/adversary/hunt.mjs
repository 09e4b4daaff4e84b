/** Looks whether the adversary finds a fault in the build that is looked at; prints what, and with how many scenarios. */
import { attack, tried } from "./trying.mjs";

const [name, runs] = process.argv.slice(2);
const seed = Number(process.env.ADVERSARY_SEED ?? 1);
const { found, scenarios } = attack({ name, seed, runs: Number(runs), isShort: true });
const [fault = ""] = found === undefined ? [] : tried(name, found).faults;
console.log(`${scenarios} scenarios${found === undefined ? "" : `: ${fault.split("\n")[0].slice(0, 120)}`}`);
process.exitCode = found === undefined ? 0 : 1;
