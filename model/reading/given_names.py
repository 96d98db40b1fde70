"""Given names that tell whether a person is "he" or "she".

Only common names that hardly anybody of the other sex bears. A name that is missing costs little: a person of
unknown sex fits both words.
"""

from typing import Final

from model.reading.names import words

WOMEN: Final = words(
    """
        Abigail Adriana Agnes Agnieszka Aicha Aisha Aleksandra Alexandra Alice Alicia Alina Alma Amal Amanda
        Amelia Amina Amira Ana Anastasia Angela Angelina Anita Ann Anna Annalena Anne Annette Antonia Asma
        Astrid Ayesha Azra Barbara Beatrice Beatriz Benazir Bettina Biljana Birgit Brigitte Bronwyn Camila Carla
        Carmen Carol Carolina Caroline Caterina Catherine Cecilia Celia Chantal Charlotte Chloe Christina
        Christine Claire Clara Claudia Condoleezza Consuelo Cristina Dalia Daniela Deborah Delia Denise Diana
        Dilma Dina Dolores Dora Doris Dorothy Dragana Edith Eileen Elena Eleonora Elisabeth Elise Elizabeth Ella
        Ellen Elsa Emilia Emily Emma Erika Erna Esther Eugenia Eva Evelyn Fadwa Farah Farida Fatima Fatma
        Fatoumata Federica Fiona Frances Francesca Gabriela Gertrude Giorgia Giulia Gloria Grace Greta Gro Hadja
        Hala Hanan Hanna Hannah Hawa Heather Heidi Helen Helena Helene Helga Henrike Hilary Hilda Hillary Huda
        Ilona Ines Inge Ingeborg Ingrid Irena Irene Irina Isabel Isabella Iveta Jacinda Jacqueline Jana Jane
        Janet Jasmina Jeanne Jelena Jennifer Jessica Jill Joan Joanna Johanna Josefina Joyce Juana Judith Julia
        Julie Kaja Kamala Karen Karin Karina Katarina Kate Katherine Kathleen Katja Katrin Khadija Khaleda
        Kristalina Kristina Laila Lara Larissa Latifa Laura Leila Lena Leyla Lidia Lilian Liliana Lina Linda
        Lisa Liz Ljiljana Louise Lucia Lucy Ludmila Luisa Lydia Lyudmila Magda Magdalena Maia Maja Malala
        Manuela Marcia Margaret Margarita Margot Maria Mariam Mariana Marie Marija Marina Marisol Marta Martha
        Martina Mary Maryam Matilda Maya Megan Mercedes Mette Mia Michelle Milena Milica Mira Mireille Miriam
        Mirjana Mona Monica Monika Monique Nabila Nada Nadia Nadine Najat Najla Nancy Naomi Natalia Natalie
        Natasha Nawal Nicole Nina Nora Norma Olga Olivia Paloma Pamela Patricia Paula Pauline Petra Pilar Priya
        Rachel Radmila Rania Raquel Rebecca Regina Rita Roberta Rosa Rosalia Rosalie Rose Rosemary Roza Ruth
        Sabina Sabine Sadia Safiya Salma Samantha Samia Sandra Sanna Sara Sarah Selma Sharon Sheila Shirin
        Shirley Silvia Simona Simone Sofia Solveig Sonia Sophie Soraya Stella Stephanie Susan Susana Susanne
        Sushma Svetlana Sviatlana Sylvia Sylvie Tamara Tania Tanja Tarja Tatiana Tatyana Teresa Thandiwe Theresa
        Therese Tzipi Ursula Valentina Valeria Vanessa Vera Verena Veronica Vesna Victoria Viola Violeta Vivian
        Vjosa Wendy Xiomara Yasmin Yasmine Yolanda Yulia Yvette Yvonne Zahra Zainab Zeinab Zeynep Zoe Zuzana
    """
)
MEN: Final = words(
    """
        Abdallah Abdel Abdelaziz Abdelmalek Abdirahman Abdou Abdul Abdulaziz Abdulhamid Abdulla Abdullah
        Abdullahi Abiy Abraham Adam Adel Ahmad Ahmed Alain Alan Alassane Albert Alejandro Aleksandar Aleksandr
        Alessandro Alexander Alexei Alexis Alfonso Alfred Ali Alistair Alpha Alvaro Amadou Amir Anatoly Anders
        Andrei Andrew Andriy Andrzej Angus Anthony Anton Antonio Antony Anwar Armando Arthur Arturo Ashraf Askar
        Augusto Ayman Aziz Bakhtiar Barack Bashar Bashir Benjamin Benny Bernard Bilal Bill Bob Boris Boutros
        Brahim Brian Bruno Carl Carlos Carsten Cesar Charles Christian Christophe Cyril Daniel Dave David Denis
        Dennis Didier Diego Dieter Dietmar Dimitris Dmitri Dmitry Dominic Donald Douglas Eamon Eduardo Edward
        Efrain Ehud Ejup Emmanuel Emomali Enrique Eric Erik Ernest Ernesto Esteban Evgeny Evo Faisal Faruk Fayez
        Felipe Felix Fernando Filip Francesco Francis Francisco Franjo Frank Frans Franz Fred Frederick
        Friedrich Gabriel George Georges Georgi Gerald Gerard Gerardo Gerhard Gerry Ghassan Giorgi Giorgio
        Giovanni Giuseppe Gordon Greg Gregory Guillermo Gustavo Hakan Hamdi Hamid Hans Harold Harry Hashim
        Hassan Hector Heiko Henry Herman Hisham Horst Hossein Hugo Hussein Ian Ibrahim Idriss Igor Ilham Imran
        Ismail Ivan Ivica Ivo Jack Jacob Jacques Jaime Jake Jakob Jalal Jamal James Jamil Javad Javier Jeffrey
        Jens Jeremy Jerome Jerry Jesus Jim Jimmy Joaquin Joe Joel Johan John Jonas Jonathan Jorge Jose Josef
        Josep Joseph Joshua Juan Julian Julius Jurgen Kamal Karim Karl Kemal Kenneth Kevin Khaled Khalid Khalifa
        Klaus Klemens Kofi Konstantin Kostas Kurt Lars Laurent Lech Leonard Leonid Leopoldo Lionel Louis Lucas
        Luigi Luis Luiz Lukas Mahamat Mahmoud Malik Manuel Marc Marcel Marco Marcos Marek Mario Mark Markus
        Maros Marouane Martin Massoud Matteo Matthew Maurice Mauricio Max Mehmet Meles Michael Michel Miguel
        Mike Mikhail Milan Milos Mohamad Mohamed Mohammad Mohammed Moktar Moussa Muammar Muhammad Murat Mustafa
        Nabil Narendra Naser Nasser Nathan Nawaf Nawaz Nelson Nicholas Nicolas Nigel Nikita Nikol Nikola Nikolai
        Nikos Nouri Olaf Oleg Oleksandr Oleksiy Olivier Omar Osama Oscar Oswaldo Otto Pablo Paolo Pascal Patrice
        Patrick Paul Paulo Pavel Pedro Peter Petr Philip Philippe Pierre Pietro Piotr Qasim Rached Rafael Rafiq
        Rahul Ralph Ramon Ramtane Rashid Raul Raymond Recep Richard Riek Riyad Robert Roberto Rodolfo Rodrigo
        Roger Ron Ronald Ruben Rudolf Ryan Saad Sadiq Saeed Salah Saleh Salem Salim Salman Salva Salvador Sam
        Sami Samir Samuel Santiago Sean Sebastian Selim Serge Sergei Sergey Sergio Shimon Simon Slobodan
        Stanislav Stefan Stefano Steffen Stephen Steven Stjepan Sven Taha Tariq Tawfiq Tayyip Terry Theo Thomas
        Tim Timothy Tito Tobias Tom Tomas Tommy Tony Uhuru Umar Valdis Valery Vasily Victor Viktor Vincent
        Vitalie Vitaly Vladimir Volodymyr Vuk Walid William Willy Wolfgang Xavier Yahya Yair Yasser Yitzhak
        Youssef Yuri Yusuf Yves Zalmay Zamir Zaza Zoran
    """
)
