/** Looks whether the adversary finds a fault in the build that is being looked at; prints what, and with how many scenarios. */
import { attack, tried } from "./trying.mjs";

const seed = Number(process.env.ADVERSARY_SEED ?? 1);
const runs = Number(process.env.ADVERSARY_RUNS ?? 3000);
const { found, scenarios } = attack({ seed, runs, isShort: true });
const [fault = ""] = found === undefined ? [] : tried(found).faults;
console.log(`${scenarios} scenarios${found === undefined ? "" : `: ${fault.slice(0, 120)}`}`);
process.exitCode = found === undefined ? 0 : 1;
