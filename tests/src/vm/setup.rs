use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::image::{self, Image};
use super::machine::Vm;
use crate::{Qemu, need};

/// The port that an agent looks for.
const PORT: [&str; 2] = [
    "-device",
    "virtserialport,id=port,chardev=agent,name=org.qemu.guest_agent.0",
];

/// How to start a [`Vm`].
#[derive(Debug)]
pub struct Setup {
    image: Image,
    agent: String,
    kernel: Vec<String>,
    memory: String,
    args: Vec<String>,
    port: [&'static str; 2],
    directory: TempDir,
}

impl Setup {
    /// A machine with one processor, little memory, one disk and one port for its agent, which answers there; none where
    /// something is missing that it takes.
    ///
    /// `scratch` is the directory for temporary files that Cargo tells a test of.
    ///
    /// # Panics
    /// Something is missing and `CI=true`.
    pub fn new(scratch: impl AsRef<Path>) -> Option<Self> {
        need::tool("qemu-system-x86_64")?;
        Some(Self {
            image: image::image(scratch.as_ref())?.clone(),
            agent: "-m virtio-serial".into(),
            kernel: Vec::new(),
            memory: "512M".into(),
            args: Vec::new(),
            port: PORT,
            directory: TempDir::with_prefix("qapi-test-").expect("a temporary directory"),
        })
    }

    /// Another disk to boot from, with a first process of its own.
    pub fn system(&mut self, disk: &Path, first: &str) -> &mut Self {
        self.image.disk = disk.to_owned();
        self.kernel(&format!("first={first}"))
    }

    /// What the agent is started with. Default: `-m virtio-serial`.
    pub fn agent(&mut self, args: &str) -> &mut Self {
        self.agent = args.into();
        self
    }

    /// A word more on the command line of the kernel, as for a variable that the scripts in `guest/` know: `first` is the
    /// first process, `without` are programs to do without, and `memory` is the disk to which memory goes to sleep.
    pub fn kernel(&mut self, word: &str) -> &mut Self {
        self.kernel.push(word.into());
        self
    }

    /// Drivers that it needs for its devices, of those that `image.rs` knows.
    pub fn modules(&mut self, names: &[&str]) -> &mut Self {
        self.kernel(&format!("modules=\"{}\"", names.join(" ")))
    }

    /// The value for `-m`. Default: `512M`.
    pub fn memory(&mut self, value: &str) -> &mut Self {
        self.memory = value.into();
        self
    }

    /// Arguments more for QEMU.
    pub fn args(&mut self, args: &[&str]) -> &mut Self {
        self.args.extend(args.iter().map(|arg| (*arg).to_owned()));
        self
    }

    /// A port of that name more, for [`Vm::port`].
    pub fn port(&mut self, name: &str) -> &mut Self {
        let socket = self.directory.path().join(name);
        let chardev = format!(
            "socket,id={name},path={},server=on,wait=off",
            socket.display()
        );
        let port = format!("virtserialport,chardev={name},name={name}");
        self.args(&["-chardev", &chardev, "-device", &port])
    }

    /// A drive `name` for a device among the [arguments](Self::args): programs of this machine, with their libraries in
    /// a directory `lib` beside them.
    pub fn programs(&mut self, name: &str, programs: &[PathBuf]) -> &mut Self {
        let tree = self.directory.path().join(format!("{name}.tree"));
        fs::create_dir_all(tree.join("lib")).expect("a fresh directory");
        for program in programs {
            image::copy(
                program,
                &tree.join(program.file_name().expect("it is a file")),
            );
            for library in image::libraries(program) {
                image::copy(
                    &library,
                    &tree
                        .join("lib")
                        .join(library.file_name().expect("as above")),
                );
            }
        }
        self.file_system(name, Some(&tree), "64M")
    }

    /// A drive `name` for a device among the [arguments](Self::args), with an empty ext4 file system of that size.
    pub fn drive(&mut self, name: &str, size: &str) -> &mut Self {
        self.file_system(name, None, size)
    }

    fn file_system(&mut self, name: &str, tree: Option<&Path>, size: &str) -> &mut Self {
        let file = self.directory.path().join(format!("{name}.drive"));
        image::make_file_system(tree, size, &file);
        let drive = format!(
            "if=none,id={name},format=raw,discard=unmap,file={}",
            file.display()
        );
        self.args(&["-drive", &drive])
    }

    /// A second disk, `/dev/vdb` at `/mnt`, that can be told which blocks are free. QEMU knows it as `second`.
    pub fn second_disk(&mut self) -> &mut Self {
        self.drive("second", "256M");
        self.args(&["-device", "virtio-blk-pci,drive=second"])
    }

    /// A serial line in place of the port, `/dev/ttyS1`, and an agent that answers there.
    pub fn isa_serial(&mut self) -> &mut Self {
        self.port = ["-serial", "chardev:agent"];
        self.agent("-m isa-serial -p /dev/ttyS1")
    }

    /// Starts the machine and waits until it has booted; its agent may need a moment more.
    ///
    /// # Panics
    /// It does not boot; the message holds what it said.
    pub fn boot(self) -> Vm {
        let args = self.arguments();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let qemu = Qemu::start(&args).expect("it has been looked for");
        Vm::new(qemu, self.directory)
    }

    fn arguments(&self) -> Vec<String> {
        let Self { image, memory, .. } = self;
        let place = |name: &str| self.directory.path().join(name).display().to_string();
        let socket = |id: &str| format!("socket,id={id},path={},server=on,wait=off", place(id));
        let words = format!("{} {}", image.words(&self.agent), self.kernel.join(" "));
        let disk = format!(
            "if=none,id=first,format=raw,snapshot=on,file={}",
            image.disk.display()
        );
        let own = [
            "-cpu",
            "max",
            "-m",
            memory,
            "-kernel",
            &image.kernel.display().to_string(),
            "-initrd",
            &image.initramfs.display().to_string(),
            "-append",
            &words,
            "-drive",
            &disk,
            "-device",
            "virtio-blk-pci,drive=first",
            "-chardev",
            &format!("file,id=console,path={}", place("console")),
            "-serial",
            "chardev:console",
            "-chardev",
            &socket("door"),
            "-chardev",
            &socket("agent"),
            "-device",
            "virtio-serial-pci",
            "-device",
            "virtserialport,chardev=door,name=door",
            self.port[0],
            self.port[1],
        ]
        .map(str::to_owned);
        own.into_iter().chain(self.args.iter().cloned()).collect()
    }
}
