"""The editors' desk: answers in both languages side by side, kept in Git under the editor's name."""
