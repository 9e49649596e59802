/* The parser's jail: each thing that an intruder would do is tried in a process that was locked in, and so is what the
 * parser needs. */
#include "gateway/serve/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/test.h"

#define MIB ((gsize) 1024 * 1024)
#define MEMORY_BYTES (64 * MIB)
#define PAGE_BYTES 4096
#define LOCKED_OUT 99 /* exit code: it could not be locked in */

/* Runs locked in. Returns: the exit code. */
typedef int (*Deed) (void);

static int
report (gboolean is_as_wanted)
{
  return is_as_wanted ? 0 : 1;
}

static gboolean
is_refused (long result)
{
  return result < 0 && errno == EPERM;
}

/* ── what it needs ── */

static int
compute (void)
{
  g_autofree char *bytes = g_malloc (16 * MIB);
  char random[8];
  struct timespec now;

  memset (bytes, 1, 16 * MIB);
  return report (bytes[MIB] == 1 && write (STDOUT_FILENO, "", 0) == 0
                 && getrandom (random, sizeof random, 0) == sizeof random
                 && clock_gettime (CLOCK_MONOTONIC, &now) == 0);
}

/* ── what is refused ── */

static int
read_file (void)
{
  return report (is_refused (open ("/etc/passwd", O_RDONLY))
                 && is_refused (syscall (SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY)));
}

static int
write_file (void)
{
  return report (is_refused (open ("/tmp/postern-sandbox", O_WRONLY | O_CREAT, 0600))
                 && is_refused (unlink ("/tmp/postern-sandbox"))
                 && is_refused (mkdir ("/tmp/postern-sandbox", 0700)));
}

static int
look_around (void)
{
  struct stat status;

  return report (is_refused (stat ("/etc/passwd", &status)) && is_refused (chdir ("/"))
                 && is_refused (access ("/etc", R_OK)));
}

static int
signal_others (void)
{
  return report (is_refused (kill (getppid (), 0)) && is_refused (kill (-1, 0)));
}

static int
raise_limits (void)
{
  const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

  return report (is_refused (setrlimit (RLIMIT_AS, &all))
                 && is_refused (prctl (PR_SET_DUMPABLE, 1, 0, 0, 0)) && is_refused (setuid (0)));
}

static int
start_thread (void)
{
  return report (is_refused (syscall (SYS_clone3, NULL, 0)));
}

static int
make_descriptor (void)
{
  return report (is_refused (memfd_create ("x", 0)) && is_refused (dup (STDOUT_FILENO))
                 && is_refused (syscall (SYS_io_uring_setup, 1, NULL)));
}

static int
execute_memory (void)
{
  void *fresh = mmap (NULL, PAGE_BYTES, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  void *plain = mmap (NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  return report (fresh == MAP_FAILED && plain != MAP_FAILED
                 && is_refused (mprotect (plain, PAGE_BYTES, PROT_READ | PROT_EXEC)));
}

#ifndef PN_SANITIZED

static int
take_memory (void)
{
  const void *little =
      mmap (NULL, MEMORY_BYTES / 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  const void *much =
      mmap (NULL, 2 * MEMORY_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  return report (little != MAP_FAILED && much == MAP_FAILED && errno == ENOMEM);
}

#endif

/* ── what kills ── */

static int
connect_out (void)
{
  return socket (AF_INET, SOCK_STREAM, 0) < 0 ? 0 : 1;
}

static int
make_process (void)
{
  return syscall (SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL) < 0 ? 0 : 1;
}

static int
start_program (void)
{
  const char *const words[] = { "/bin/true", NULL };

  return execve (words[0], (char *const *) words, NULL) < 0 ? 0 : 1;
}

static int
watch_others (void)
{
  return syscall (SYS_ptrace, 0, 0, NULL, NULL) < 0 ? 0 : 1;
}

static int
compute_for_ever (void)
{
  for (volatile guint i = 0;; i++)
    ;
  return 1;
}

static int
wait_for_ever (void)
{
  poll (NULL, 0, -1);
  return 1;
}

/* Returns: how a process ended that was locked in and did the deed. */
static int
lock_in (Deed deed, const PnSandboxLimits *limits)
{
  int status = 0;
  pid_t pid = fork ();

  g_assert_cmpint (pid, >=, 0);
  if (pid == 0) {
    signal (SIGSYS, SIG_DFL);
    _exit (pn_sandbox_enter (limits, NULL) ? deed () : LOCKED_OUT);
  }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  return status;
}

static const PnSandboxLimits ordinary = { MEMORY_BYTES, 60, 300 };

static void
test_may (gconstpointer data)
{
  const int status = lock_in ((Deed) data, &ordinary);

  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

static void
test_dies (gconstpointer data)
{
  const int status = lock_in ((Deed) data, &ordinary);

  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, SIGSYS);
}

static void
test_memory (void)
{
#ifdef PN_SANITIZED
  g_test_skip ("memory is not limited where a sanitizer watches");
#else
  test_may (take_memory);
#endif
}

static void
test_time (void)
{
  const PnSandboxLimits short_work = { MEMORY_BYTES, 1, 300 };
  const PnSandboxLimits short_life = { MEMORY_BYTES, 60, 1 };
  int status = lock_in (compute_for_ever, &short_work);

  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, SIGXCPU);
  status = lock_in (wait_for_ever, &short_life);
  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, SIGALRM);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  pn_test_init (&argc, &argv);
  pn_sandbox_prepare (&error);
  pn_assert_no_error (error);
  g_test_add_data_func ("/sandbox/may/compute", compute, test_may);
  g_test_add_data_func ("/sandbox/refused/read-file", read_file, test_may);
  g_test_add_data_func ("/sandbox/refused/write-file", write_file, test_may);
  g_test_add_data_func ("/sandbox/refused/look-around", look_around, test_may);
  g_test_add_data_func ("/sandbox/refused/signal-others", signal_others, test_may);
  g_test_add_data_func ("/sandbox/refused/raise-limits", raise_limits, test_may);
  g_test_add_data_func ("/sandbox/refused/start-thread", start_thread, test_may);
  g_test_add_data_func ("/sandbox/refused/make-descriptor", make_descriptor, test_may);
  g_test_add_data_func ("/sandbox/refused/execute-memory", execute_memory, test_may);
  g_test_add_data_func ("/sandbox/dies/connect-out", connect_out, test_dies);
  g_test_add_data_func ("/sandbox/dies/make-process", make_process, test_dies);
  g_test_add_data_func ("/sandbox/dies/start-program", start_program, test_dies);
  g_test_add_data_func ("/sandbox/dies/watch-others", watch_others, test_dies);
  g_test_add_func ("/sandbox/row-66-memory", test_memory);
  g_test_add_func ("/sandbox/row-66-time", test_time);
  return g_test_run ();
}
