"""The journal, the files under their digest, the store that answers questions, and their verification."""
