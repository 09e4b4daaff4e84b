/**
 * Lets Node run what tsc made of our source: `node --import ./tests/node/register.mjs build/js/...`. The
 * modules that a host supplies come from tests/node/hosts. For tests and debugging only.
 */
import { register } from "node:module";

register("./resolver.mjs", import.meta.url);
