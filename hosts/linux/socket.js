/** UDP sockets with the interface of Moddable's module, `callback` included. */
export class Socket @ "xs_socket_delete" {
	constructor(options) @ "xs_socket";
	read(type) @ "xs_socket_read";
	write(address, port, bytes) @ "xs_socket_write";
	close() @ "xs_socket_close";
}

export default Socket;
