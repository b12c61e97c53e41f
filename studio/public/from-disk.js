// Browsers load no modules from files: opened from a disk, the page gives way to the one that is a single file.
if (location.protocol === "file:") location.replace(`offline.html${location.hash}`);
