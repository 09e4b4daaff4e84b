/** Configuration as mcconfig passes it on its command line: a JSON object in VERIFICHAIN_CONFIG here. */
export default Object.freeze(JSON.parse(process.env.VERIFICHAIN_CONFIG ?? "{}"));
