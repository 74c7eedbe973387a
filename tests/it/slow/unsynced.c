/* Preloaded into the server by the crash test: whatever a file holds when it is synced is copied to the folder
 * TASUKI_SYNCED, in one step, before the sync returns. What was written and never synced is therefore not there, as
 * after a power cut. With TASUKI_FORGET set nothing is copied: a disk that lies about syncing. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int keep(int file) {
    const char *data = getenv("TASUKI_DATA"), *synced = getenv("TASUKI_SYNCED");
    char link[64], path[PATH_MAX], part[PATH_MAX], whole[PATH_MAX], block[65536];
    if (!data || !synced || getenv("TASUKI_FORGET")) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    size_t start = strlen(data);
    if (strncmp(path, data, start) != 0 || path[start] != '/' || strchr(path + start + 1, '/')) return 0;
    snprintf(whole, sizeof whole, "%s/%s", synced, path + start + 1);
    snprintf(part, sizeof part, "%s.part.%d", whole, (int)gettid());
    int to = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (to < 0) abort();
    /* Read through the given descriptor: closing another one of the same file would end the process's locks on it. */
    off_t at = 0;
    ssize_t now;
    while ((now = pread(file, block, sizeof block, at)) > 0) {
        if (write(to, block, (size_t)now) != now) abort();
        at += now;
    }
    if (now < 0) abort();
    close(to);
    if (rename(part, whole) != 0) abort();
    return 0;
}

int fsync(int file) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    int result = real(file);
    return result ? result : keep(file);
}

int fdatasync(int file) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    int result = real(file);
    return result ? result : keep(file);
}
