/* The registry's hello-world: prints what had to happen for this output to appear, and exits. */
#include <unistd.h>

static const char text[] =
    "\n"
    "Hello from Docker!\n"
    "You are reading the output of a program that ran in a container of its own.\n"
    "\n"
    "What happened just now:\n"
    " 1. You typed a command, and the docker client sent it on to your Docker engine.\n"
    " 2. The engine looked for the image \"hello-world\" among the ones that it keeps.\n"
    " 3. If it had none, it pulled the image from the hub, layer by layer, and kept it.\n"
    " 4. It created a container from that image, and started the one program in it.\n"
    " 5. The program wrote these lines. The engine passed them to the client, and the\n"
    "    client to your terminal. Then the program ended, and so did the container.\n"
    "\n"
    "Run the same command again: this time the engine has the image already.\n"
    "Something with more to look around in:\n"
    "   docker run -it busybox sh\n"
    "\n";

int main(void) {
    const char *rest = text;
    size_t left = sizeof text - 1;
    while (left > 0) {
        ssize_t done = write(1, rest, left);
        if (done <= 0) return 1;
        rest += done;
        left -= (size_t)done;
    }
    return 0;
}
