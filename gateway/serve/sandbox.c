#include "gateway/serve/sandbox.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ticketing/core/error.h"

#define INSTRUCTIONS_MAX 1024
#define BY_TREE                                                                                    \
  2 /* the kernel tries the filter on every call there is whenever a process takes it */

/* What a parser needs. */
static const int allowed[] = {
  SCMP_SYS (read),         SCMP_SYS (write),
  SCMP_SYS (writev),       SCMP_SYS (sendto),
  SCMP_SYS (sendmsg),      SCMP_SYS (recvmsg),
  SCMP_SYS (recvfrom),     SCMP_SYS (poll),
  SCMP_SYS (close),        SCMP_SYS (exit),
  SCMP_SYS (exit_group),   SCMP_SYS (brk),
  SCMP_SYS (munmap),       SCMP_SYS (mremap),
  SCMP_SYS (madvise),      SCMP_SYS (futex),
  SCMP_SYS (rt_sigreturn), SCMP_SYS (rt_sigprocmask),
  SCMP_SYS (rt_sigaction), SCMP_SYS (clock_gettime),
  SCMP_SYS (gettimeofday), SCMP_SYS (time),
  SCMP_SYS (getrandom),    SCMP_SYS (getpid),
  SCMP_SYS (gettid),       SCMP_SYS (lseek),
  SCMP_SYS (sigaltstack),  SCMP_SYS (restart_syscall),
  SCMP_SYS (sched_yield),
};

/* What only an intruder does. Everything that is in neither list fails with EPERM. */
static const int deadly[] = {
  SCMP_SYS (execve),  SCMP_SYS (execveat),
  SCMP_SYS (fork),    SCMP_SYS (vfork),
  SCMP_SYS (clone),   SCMP_SYS (socket),
  SCMP_SYS (connect), SCMP_SYS (bind),
  SCMP_SYS (ptrace),  SCMP_SYS (process_vm_writev),
  SCMP_SYS (mount),   SCMP_SYS (unshare),
  SCMP_SYS (setns),   SCMP_SYS (bpf),
  SCMP_SYS (keyctl),
};

/* The filter, compiled once: that takes longer than reading a mail. */
static struct sock_filter instructions[INSTRUCTIONS_MAX];
static struct sock_fprog program = { .len = 0, .filter = instructions };
static gsize mapped; /* bytes of this process and, by and large, of those that are forked from it */

static gboolean
limit (int what, rlim_t soft, rlim_t hard)
{
  struct rlimit value = { .rlim_cur = soft, .rlim_max = hard };

  return setrlimit (what, &value) == 0;
}

/* Returns: the bytes that this process has mapped. */
static gsize
mapped_bytes (void)
{
  gsize pages = 0;
  FILE *file = fopen ("/proc/self/statm", "re");

  if (file != NULL) {
    if (fscanf (file, "%zu", &pages) != 1)
      pages = 0;
    fclose (file);
  }
  return pages * (gsize) sysconf (_SC_PAGESIZE);
}

static gboolean
set_limits (const PnSandboxLimits *limits)
{
  gboolean done =
      limit (RLIMIT_CORE, 0, 0) && limit (RLIMIT_FSIZE, 0, 0) && limit (RLIMIT_NPROC, 0, 0);

  rlim_t cpu = limits->cpu_seconds;

#ifdef PN_SANITIZED
  cpu *= 10;
#else
  gsize memory = mapped + limits->memory_bytes;

  done = done && limit (RLIMIT_AS, memory, memory);
#endif
  done = done && limit (RLIMIT_NOFILE, 0, 0) && limit (RLIMIT_CPU, cpu, cpu + 1);
  alarm (limits->wall_seconds);
  return done;
}

static void
reset_signals (void)
{
  sigset_t none;

  signal (SIGALRM, SIG_DFL);
  signal (SIGXCPU, SIG_DFL);
  signal (SIGTERM, SIG_DFL);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
}

/* Memory may be had, but never to execute what lies in it. */
static int
allow_memory (scmp_filter_ctx filter)
{
  const struct scmp_arg_cmp not_executable = SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);

  return seccomp_rule_add_array (filter, SCMP_ACT_ALLOW, SCMP_SYS (mmap), 1, &not_executable)
         | seccomp_rule_add_array (filter, SCMP_ACT_ALLOW, SCMP_SYS (mprotect), 1, &not_executable);
}

static scmp_filter_ctx
make_filter (void)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ERRNO (EPERM));
  int failed = filter == NULL || seccomp_attr_set (filter, SCMP_FLTATR_CTL_OPTIMIZE, BY_TREE) != 0;

  for (gsize i = 0; !failed && i < G_N_ELEMENTS (allowed); i++)
    failed |= seccomp_rule_add (filter, SCMP_ACT_ALLOW, allowed[i], 0);
  for (gsize i = 0; !failed && i < G_N_ELEMENTS (deadly); i++)
    failed |= seccomp_rule_add (filter, SCMP_ACT_KILL_PROCESS, deadly[i], 0);
  if (!failed)
    failed |= allow_memory (filter);
  if (failed && filter != NULL)
    seccomp_release (filter);
  return failed ? NULL : filter;
}

/* Compiles the filter through a descriptor, the only way that libseccomp gives it out. */
static gboolean
compile (scmp_filter_ctx filter)
{
  int fd = memfd_create ("filter", MFD_CLOEXEC);
  gboolean done = FALSE;

  if (fd >= 0 && seccomp_export_bpf (filter, fd) == 0) {
    ssize_t n = pread (fd, instructions, sizeof instructions, 0);

    done = n > 0 && (gsize) n < sizeof instructions && (gsize) n % sizeof instructions[0] == 0;
    if (done)
      program.len = (unsigned short) ((gsize) n / sizeof instructions[0]);
  }
  if (fd >= 0)
    close (fd);
  return done;
}

gboolean
pn_sandbox_prepare (GError **error)
{
  scmp_filter_ctx filter;
  gboolean done;

  if (program.len > 0)
    return TRUE;
  filter = make_filter ();
  done = filter != NULL && compile (filter);
  if (filter != NULL)
    seccomp_release (filter);
  if (!done)
    pn_error_set (error, PN_ERROR_PERMANENT, "the parser's jail cannot be built (libseccomp)");
  mapped = mapped_bytes ();
  return done;
}

gboolean
pn_sandbox_enter (const PnSandboxLimits *limits, GError **error)
{
  if (!pn_sandbox_prepare (error))
    return FALSE;
  reset_signals ();
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) != 0
      || !set_limits (limits) || prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    pn_error_set (error, PN_ERROR_PERMANENT, "the parser cannot be locked in: %s",
                  g_strerror (errno));
    return FALSE;
  }
  return TRUE;
}
