/**
 * CoAP over datagrams: messages and exchanges (RFC 7252), observation (RFC 7641), block-wise transfer (RFC 7959),
 * resources and their links (RFC 6690). The layers are put together by who uses them: `Endpoint`, on it `Blockwise`, on it `Resources`.
 */

export { MAX_SZX } from "./block.js";
export { Blockwise, type BlockwiseOptions } from "./blockwise.js";
export type { BroadcastRequest } from "./broadcast.js";
export { Code, codeClass, codeText, isRequest, isResponse } from "./code.js";
export { ContentFormat } from "./content-format.js";
export { Endpoint, type EndpointOptions, type Transport } from "./endpoint.js";
export {
	BlockError,
	BusyError,
	CoapError,
	ExchangeError,
	LinkFormatError,
	MessageError,
	OptionError,
	ResetError,
	SizeError,
	TimeoutError
} from "./errors.js";
export {
	type ClientRequest,
	type Exchange,
	type Freshness,
	type Handler,
	type Layer,
	type Notifier,
	type PendingRequest,
	type Reply,
	type RequestPlace,
	type Response,
	replyOptions,
	type ServerRequest
} from "./layer.js";
export { type Link, linkFormat, type ParsedLink, parseLinkFormat } from "./link-format.js";
export { decodeMessage, encodeMessage, type Message, MessageType } from "./message.js";
export { NotificationOrder } from "./notification-order.js";
export { type ObserveRequest, observe } from "./observe.js";
export { Observers } from "./observers.js";
export {
	findOption,
	findUint,
	type Option,
	pathOptions,
	pathSegments,
	queryOptions,
	stringOption,
	stringValues,
	uintOption,
	uintValue,
	withoutOptions
} from "./option.js";
export { type Content, decodeContent, encodeContent } from "./option-codec.js";
export {
	isCritical,
	isNoCacheKey,
	type OptionDefinition,
	OptionNumber,
	optionDefinition,
	type RecognisedOptions,
	recogniseOptions
} from "./option-table.js";
export {
	defaultParameters,
	exchangeLifetime,
	MAX_DATAGRAM_BYTES,
	maxTransmitSpan,
	maxTransmitWait,
	nonLifetime,
	type Parameters
} from "./parameters.js";
export type { Ping } from "./ping.js";
export { RelayedRequest } from "./relayed-request.js";
export { type Handlers, type ResourceOptions, Resources } from "./resources.js";
