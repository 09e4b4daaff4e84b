/* The floor of every round trip: sends each datagram back as it came. Prints "ready PORT"; ends with its input. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_in peer = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(peer);
	char bytes[2048];
	int udp = socket(AF_INET, SOCK_DGRAM, 0);
	if (udp < 0 || bind(udp, (struct sockaddr*)&peer, sizeof(peer)) || getsockname(udp, (struct sockaddr*)&peer, &length)) {
		perror("echo");
		return 1;
	}
	printf("ready %d\n", ntohs(peer.sin_port));
	fflush(stdout);
	/* As a node waits: for its terminal and its socket at once. */
	struct pollfd watched[] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = udp, .events = POLLIN } };
	while (poll(watched, 2, -1) > 0 && !watched[0].revents) {
		length = sizeof(peer);
		ssize_t count = recvfrom(udp, bytes, sizeof(bytes), 0, (struct sockaddr*)&peer, &length);
		if (count >= 0) sendto(udp, bytes, (size_t)count, 0, (struct sockaddr*)&peer, length);
	}
	return 0;
}
